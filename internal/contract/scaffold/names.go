package main

import (
	"strings"
	"unicode"
)

// initialisms are the words that Go writes in capitals.
var initialisms = map[string]string{
	"id": "ID", "ids": "IDs", "url": "URL", "uri": "URI", "ip": "IP", "api": "API", "dns": "DNS", "mac": "MAC", "os": "OS",
	"vpn": "VPN", "vpp": "VPP", "ui": "UI", "dmi": "DMI", "sdp": "SDP", "cpu": "CPU", "http": "HTTP", "https": "HTTPS",
	"json": "JSON", "xml": "XML", "html": "HTML", "ldap": "LDAP", "csr": "CSR", "ssl": "SSL", "tls": "TLS", "ssid": "SSID",
	"uuid": "UUID", "aws": "AWS", "ios": "IOS", "mdm": "MDM", "pin": "PIN", "idp": "IDP", "ha": "HA", "asn": "ASN",
	"ipv4": "IPv4", "ipv6": "IPv6", "sha1": "SHA1", "md5": "MD5", "snmp": "SNMP", "dhcp": "DHCP", "udid": "UDID", "imei": "IMEI",
	"afw": "AFW", "dep": "DEP", "pcs": "PCS", "eula": "EULA", "eulas": "EULAs", "esap": "ESAP", "saml": "SAML", "tcp": "TCP", "udp": "UDP",
}

// keywords and predeclared names that no argument can have.
var taken = map[string]bool{
	"type": true, "range": true, "func": true, "map": true, "default": true, "interface": true, "package": true, "select": true,
	"s": true, "ctx": true, "opts": true, "op": true, "err": true, "rest": true, "json": true, "string": true, "error": true, "len": true,
}

// words splits a name on the wire or of an entity: at what is no letter or digit, and where a capital begins a word.
func words(name string) []string {
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, string(word))
			word = nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) || r > unicode.MaxASCII:
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])):
			flush()
		}
		word = append(word, r)
	}
	flush()
	return words
}

// goName is the exported Go name of a name on the wire.
func goName(name string) string {
	var b strings.Builder
	for _, word := range words(name) {
		lower := strings.ToLower(word)
		if known, ok := initialisms[lower]; ok {
			b.WriteString(known)
			continue
		}
		if word == strings.ToUpper(word) {
			word = lower
		}
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	text := b.String()
	if text == "" {
		return "Empty"
	}
	if text[0] >= '0' && text[0] <= '9' {
		return "N" + text
	}
	return text
}

// argName is the name of an argument.
func argName(name string) string {
	parts := words(name)
	if len(parts) == 0 {
		return "arg"
	}
	first := strings.ToLower(parts[0])
	text := first
	if len(parts) > 1 {
		text += goName(strings.Join(parts[1:], "_"))
	}
	if taken[text] || text[0] >= '0' && text[0] <= '9' {
		return text + "Value"
	}
	return text
}

// singular is the word for one of a group.
func singular(group string) string {
	switch {
	case strings.HasSuffix(group, "ies"):
		return strings.TrimSuffix(group, "ies") + "y"
	case strings.HasSuffix(group, "ss"), strings.HasSuffix(group, "us"), strings.HasSuffix(group, "status"), strings.HasSuffix(group, "dns"):
		return group
	case strings.HasSuffix(group, "sses"), strings.HasSuffix(group, "xes"):
		return strings.TrimSuffix(group, "es")
	case strings.HasSuffix(group, "s"):
		return strings.TrimSuffix(group, "s")
	}
	return group
}

// typeName is the Go name of an entity, without the words that say only that it is one.
func typeName(entity string) string {
	entity = strings.ReplaceAll(entity, ".", "_")
	entity = strings.ReplaceAll(entity, "Entity", "")
	entity = strings.TrimSuffix(entity, "Dto")
	return goName(entity)
}

// oneLine makes a note fit for a comment.
func oneLine(note string) string { return strings.Join(strings.Fields(note), " ") }

// wrap writes a text as comment lines of at most 120 columns.
func wrap(indent, text string) string {
	var b strings.Builder
	width := 0
	for _, word := range strings.Fields(text) {
		switch {
		case width == 0:
			b.WriteString(indent + "// " + word)
			width = len(indent) + 3 + len(word)
		case width+1+len(word) > 118:
			b.WriteString("\n" + indent + "// " + word)
			width = len(indent) + 3 + len(word)
		default:
			b.WriteString(" " + word)
			width += 1 + len(word)
		}
	}
	if width > 0 {
		b.WriteString("\n")
	}
	return b.String()
}

// third turns the first word of a title into what a doc comment says: "Read a policy" into "reads a policy".
func third(title string) string {
	first, rest, _ := strings.Cut(title, " ")
	first = strings.ToLower(first)
	switch {
	case strings.HasSuffix(first, "s"), strings.HasSuffix(first, "sh"), strings.HasSuffix(first, "ch"), strings.HasSuffix(first, "x"):
		first += "es"
	case strings.HasSuffix(first, "y") && !strings.HasSuffix(first, "ay") && !strings.HasSuffix(first, "oy"):
		first = strings.TrimSuffix(first, "y") + "ies"
	default:
		first += "s"
	}
	return strings.TrimSpace(first+" "+rest) + "."
}
