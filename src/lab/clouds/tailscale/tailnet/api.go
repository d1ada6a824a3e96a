package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// refusal is an error as the API tells it.
type refusal struct {
	status  int
	message string
	data    []failure
}

func (r refusal) Error() string { return r.message }

func refuse(status int, format string, args ...any) error {
	return refusal{status: status, message: fmt.Sprintf(format, args...)}
}

var notFound = refuse(http.StatusNotFound, "not found")

// apiMux is Tailscale's API v2, as far as fleets use it.
func (s *server) apiMux() http.Handler {
	mux := http.NewServeMux()
	// one part of the API: its method and path, the scope that it needs, what it answers with
	at := func(pattern, scope string, answer func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if err := s.admit(r, scope); err != nil {
				tell(w, nil, err)
				return
			}
			body, err := answer(r)
			tell(w, body, err)
		})
	}
	mux.HandleFunc("POST /api/v2/oauth/token", s.serveToken)
	s.deviceRoutes(at)
	s.keyRoutes(at)
	s.policyRoutes(at)
	s.dnsRoutes(at)
	s.settingsRoutes(at)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { tell(w, nil, notFound) })
	return mux
}

type route = func(pattern, scope string, answer func(*http.Request) (any, error))

// raw is a body that is no JSON of ours.
type raw struct {
	kind, etag, text string
}

func tell(w http.ResponseWriter, body any, err error) {
	var r refusal
	switch text, isRaw := body.(raw); {
	case errors.As(err, &r):
		reply(w, r.status, errorBody{r.message, r.data})
	case err != nil:
		reply(w, http.StatusBadRequest, errorBody{err.Error(), nil})
	case isRaw:
		w.Header().Set("Content-Type", text.kind)
		w.Header().Set("ETag", text.etag)
		io.WriteString(w, text.text)
	case body == nil:
		reply(w, http.StatusOK, struct{}{})
	default:
		reply(w, http.StatusOK, body)
	}
}

type errorBody struct {
	Message string    `json:"message,omitempty"`
	Data    []failure `json:"data,omitempty"`
}

// oauthToken is what an OAuth client trades its secret for.
type oauthToken struct {
	client  *authKey
	expires time.Time
}

func (s *server) serveToken(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	client := s.keyWith(func(k *authKey) bool {
		return k.KeyType == "client" && !k.invalid() && k.Secret == secret && (id == "" || k.ID == id)
	})
	if client == nil {
		reply(w, http.StatusUnauthorized, errorBody{Message: "API token invalid"})
		return
	}
	const life = time.Hour
	token := "tskey-api-" + word(12) + "CNTRL-" + word(32)
	s.tokens[token] = oauthToken{client, time.Now().Add(life)}
	reply(w, http.StatusOK, map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": int(life.Seconds()), "scope": strings.Join(client.Scopes, " "),
	})
}

// admit lets a request in that has a key, and whose key has the scope. s.mu is held.
func (s *server) admit(r *http.Request, scope string) error {
	token, _, basic := r.BasicAuth()
	if !basic {
		token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	by, known := s.tokens[token]
	if token != s.APIKey && (!known || by.client.invalid() || time.Now().After(by.expires)) {
		return refuse(http.StatusUnauthorized, "API token invalid")
	}
	if known && !by.may(scope, r.Method == http.MethodGet) {
		return refuse(http.StatusForbidden, "calling actor does not have enough permissions to perform this function")
	}
	if tailnet := r.PathValue("tailnet"); tailnet != "" && tailnet != "-" && tailnet != s.Tailnet {
		return refuse(http.StatusNotFound, "tailnet not found")
	}
	return nil
}

func (t oauthToken) may(scope string, reads bool) bool {
	for _, has := range t.client.Scopes {
		if has == "all" || has == scope || reads && (has == "all:read" || has == scope+":read") {
			return true
		}
		// "devices" is all that begins with it
		if strings.HasPrefix(scope, has+":") {
			return true
		}
	}
	return false
}

// by is the OAuth client that a request was sent with; nil is the owner.
func (s *server) by(r *http.Request) *authKey {
	return s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")].client
}

func read(r *http.Request, into any) error {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		return refuse(http.StatusBadRequest, "invalid JSON body: %v", err)
	}
	return nil
}
