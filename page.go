package secureaccess

// Page is one bounded part of a list.
type Page[T any] struct {
	Items []T `json:"items"`

	// Total counts what matches over all pages. It is 0 where the operation does not say.
	Total int `json:"total,omitzero"`
}
