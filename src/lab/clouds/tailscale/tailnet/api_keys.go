package main

import (
	"net/http"
	"slices"
	"time"
)

type capabilities struct {
	Devices struct {
		Create struct {
			Reusable      bool     `json:"reusable"`
			Ephemeral     bool     `json:"ephemeral"`
			Preauthorized bool     `json:"preauthorized"`
			Tags          []string `json:"tags"`
		} `json:"create"`
	} `json:"devices"`
}

// apiKey is a key as the API shows it; its secret once, when it is made.
type apiKey struct {
	ID            string        `json:"id"`
	KeyType       string        `json:"keyType"`
	Key           string        `json:"key,omitempty"`
	Description   string        `json:"description"`
	Created       time.Time     `json:"created"`
	Expires       *time.Time    `json:"expires,omitempty"`
	ExpirySeconds *int64        `json:"expirySeconds,omitempty"`
	Revoked       *time.Time    `json:"revoked,omitempty"`
	Invalid       bool          `json:"invalid"`
	Capabilities  *capabilities `json:"capabilities,omitempty"`
	Scopes        []string      `json:"scopes,omitempty"`
	Tags          []string      `json:"tags,omitempty"`
}

func shownKey(k *authKey, secret bool) apiKey {
	shown := apiKey{
		ID: k.ID, KeyType: k.KeyType, Description: k.Description, Created: k.Created, Invalid: k.invalid(), Scopes: k.Scopes, Tags: k.Tags,
	}
	if secret {
		shown.Key = k.Secret
	}
	if k.KeyType == "auth" {
		life := int64(k.Expires.Sub(k.Created).Seconds())
		shown.Capabilities, shown.Expires, shown.ExpirySeconds = &k.Capabilities, &k.Expires, &life
	}
	if !k.Revoked.IsZero() {
		shown.Revoked = &k.Revoked
	}
	return shown
}

func (s *server) keyRoutes(at route) {
	const keys = "/api/v2/tailnet/{tailnet}/keys"
	at("GET "+keys, "auth_keys", func(*http.Request) (any, error) {
		list := []apiKey{}
		for _, k := range s.state.Keys {
			if !k.invalid() {
				list = append(list, shownKey(k, false))
			}
		}
		return map[string]any{"keys": list}, nil
	})
	at("POST "+keys, "auth_keys", s.createKey)
	at("GET "+keys+"/{key}", "auth_keys", s.ofKey(func(k *authKey) any { return shownKey(k, false) }))
	at("DELETE "+keys+"/{key}", "auth_keys", s.ofKey(func(k *authKey) any {
		k.Revoked = time.Now()
		s.changed()
		return nil
	}))
}

func (s *server) createKey(r *http.Request) (any, error) {
	const day = 24 * 60 * 60
	var body struct {
		KeyType       string
		Description   string
		ExpirySeconds int64
		Capabilities  capabilities
		Scopes, Tags  []string
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	if len(body.Description) > 50 {
		return nil, refuse(http.StatusBadRequest, "description must be at most 50 characters")
	}
	now := time.Now().UTC().Truncate(time.Second)
	id := "k" + word(11) + "CNTRL"
	made := &authKey{ID: id, KeyType: "auth", Description: body.Description, Created: now}
	switch body.KeyType {
	case "", "auth":
		create := body.Capabilities.Devices.Create
		if s.by(r) != nil && len(create.Tags) == 0 {
			return nil, refuse(http.StatusBadRequest, "tailnet-owned auth key must have tags set")
		}
		if err := s.tagsExist(create.Tags); err != nil {
			return nil, err
		}
		if body.ExpirySeconds == 0 {
			body.ExpirySeconds = 90 * day
		}
		if body.ExpirySeconds < 1 || body.ExpirySeconds > 90*day {
			return nil, refuse(http.StatusBadRequest, "expirySeconds must be between 1 and %d", 90*day)
		}
		made.Secret = "tskey-auth-" + id + "-" + word(32)
		made.Capabilities, made.Expires = body.Capabilities, now.Add(time.Duration(body.ExpirySeconds)*time.Second)
	case "client":
		if len(body.Scopes) == 0 {
			return nil, refuse(http.StatusBadRequest, "scopes are required")
		}
		if err := s.tagsExist(body.Tags); err != nil {
			return nil, err
		}
		made.KeyType, made.Scopes, made.Tags = "client", body.Scopes, body.Tags
		made.Secret = "tskey-client-" + id + "-" + word(32)
	default:
		return nil, refuse(http.StatusBadRequest, "keyType %q is not supported", body.KeyType)
	}
	s.state.Keys = append(s.state.Keys, made)
	s.changed()
	return shownKey(made, true), nil
}

func (s *server) keyWith(fits func(*authKey) bool) *authKey {
	if i := slices.IndexFunc(s.state.Keys, fits); i >= 0 {
		return s.state.Keys[i]
	}
	return nil
}

func (s *server) ofKey(answer func(*authKey) any) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		k := s.keyWith(func(k *authKey) bool { return k.ID == r.PathValue("key") })
		if k == nil {
			return nil, refuse(http.StatusNotFound, "key not found")
		}
		return answer(k), nil
	}
}
