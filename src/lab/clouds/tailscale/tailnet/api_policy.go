package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/tailscale/hujson"
)

const humanJSON = "application/hujson"

func (s *server) policyRoutes(at route) {
	const acl = "/api/v2/tailnet/{tailnet}/acl"
	at("GET "+acl, "policy_file", s.shownPolicy)
	at("POST "+acl, "policy_file", func(r *http.Request) (any, error) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if match := r.Header.Get("If-Match"); match != "" && match != etagOf(s.state.Policy) &&
			!(strings.Trim(match, `"`) == "ts-default" && s.state.Policy == firstPolicy) {
			return nil, refuse(http.StatusPreconditionFailed, "precondition failed, invalid old hash")
		}
		parsed, err := parsePolicy(string(text))
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "%v", err)
		}
		if failures := parsed.runTests(parsed.Tests, parsed.SSHTests, s.Owner); len(failures) > 0 {
			return nil, refusal{http.StatusBadRequest, testsFailed, failures}
		}
		s.policy, s.state.Policy = parsed, string(text)
		s.changed()
		return s.shownPolicy(r)
	})
	at("POST "+acl+"/validate", "policy_file", s.validate)
}

const testsFailed = "test(s) failed"

func etagOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// shownPolicy is the policy as it was written, or as JSON without its comments.
func (s *server) shownPolicy(r *http.Request) (any, error) {
	text := s.state.Policy
	if strings.Contains(r.Header.Get("Accept"), humanJSON) {
		return raw{humanJSON, etagOf(text), text}, nil
	}
	value, err := hujson.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	value.Minimize()
	return raw{"application/json", etagOf(text), value.String()}, nil
}

// validate tries a policy with its own tests, or tests alone (a list) against the policy that is in force. What is
// wrong is no error of the request.
func (s *server) validate(r *http.Request) (any, error) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	standard, err := hujson.Standardize(text)
	if err != nil {
		return errorBody{Message: err.Error()}, nil
	}
	under, tests, sshTests := s.policy, []flowTest(nil), []sshTest(nil)
	if bytes.HasPrefix(bytes.TrimSpace(standard), []byte("[")) {
		err = json.Unmarshal(standard, &tests)
	} else if under, err = parsePolicy(string(text)); err == nil {
		tests, sshTests = under.Tests, under.SSHTests
	}
	if err != nil {
		return errorBody{Message: err.Error()}, nil
	}
	if failures := under.runTests(tests, sshTests, s.Owner); len(failures) > 0 {
		return errorBody{testsFailed, failures}, nil
	}
	return nil, nil
}
