package hawk

// ServerAuthorization returns the Server-Authorization header for the response to the request. payloadHash is that of
// the response's body, from [HashPayload] or a [PayloadHasher] with the response's Content-Type, or "" to leave the body
// uncovered. ext is application data, or "". A [Handler] does this on its own.
func (g *Grant) ServerAuthorization(payloadHash, ext string) (string, error) {
	if payloadHash != "" && !isAttributeValue(payloadHash) || ext != "" && !isAttributeValue(ext) {
		return "", unsignable("the hash or ext has a character that no Hawk header can carry")
	}
	a := g.Artifacts
	a.Hash, a.Ext = payloadHash, ext
	mac, err := independentMAC(&a, responseMAC, &g.Credentials)
	if err != nil {
		return "", &Error{Reason: ErrUnsignable, Err: err}
	}
	header := `Hawk mac="` + mac + `"`
	if payloadHash != "" {
		header += `, hash="` + payloadHash + `"`
	}
	if ext != "" {
		header += `, ext="` + ext + `"`
	}
	return header, nil
}
