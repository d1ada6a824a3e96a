package main

import (
	"maps"
	"net/http"
	"net/netip"
)

type dnsSettings struct {
	Nameservers []string
	SearchPaths []string
	Split       map[string][]string
	Preferences dnsPreferences
}

type dnsPreferences struct {
	MagicDNS bool `json:"magicDNS"`
}

type tailnetSettings struct {
	DevicesApproval bool `json:"devicesApprovalOn"`
	KeyDurationDays int  `json:"devicesKeyDurationDays"`
}

func (s *server) dnsRoutes(at route) {
	const path = "/api/v2/tailnet/{tailnet}/dns/"
	dns := &s.state.DNS
	// a setting that GET shows and POST replaces
	setting := func(name string, show func(answer bool) any, set func(*http.Request) error) {
		at("GET "+path+name, "dns", func(*http.Request) (any, error) { return show(false), nil })
		at("POST "+path+name, "dns", func(r *http.Request) (any, error) {
			if err := set(r); err != nil {
				return nil, err
			}
			s.changed()
			return show(true), nil
		})
	}
	setting("nameservers", func(answer bool) any {
		if !answer {
			return map[string]any{"dns": list(dns.Nameservers)}
		}
		return map[string]any{"dns": list(dns.Nameservers), "magicDNS": dns.Preferences.MagicDNS}
	}, func(r *http.Request) error {
		var body struct{ DNS []string }
		if err := read(r, &body); err != nil {
			return err
		}
		for _, address := range body.DNS {
			if _, err := netip.ParseAddr(address); err != nil {
				return refuse(http.StatusBadRequest, "invalid nameserver %q", address)
			}
		}
		dns.Nameservers = body.DNS
		return nil
	})
	setting("searchpaths", func(bool) any {
		return map[string]any{"searchPaths": list(dns.SearchPaths)}
	}, func(r *http.Request) error {
		var body struct{ SearchPaths []string }
		err := read(r, &body)
		dns.SearchPaths = body.SearchPaths
		return err
	})
	setting("preferences", func(bool) any { return dns.Preferences }, func(r *http.Request) error {
		return read(r, &dns.Preferences)
	})
	split := func(r *http.Request) (any, error) {
		var body map[string][]string
		if err := read(r, &body); err != nil {
			return nil, err
		}
		if r.Method == http.MethodPut || dns.Split == nil {
			dns.Split = map[string][]string{}
		}
		maps.Copy(dns.Split, body)
		maps.DeleteFunc(dns.Split, func(_ string, servers []string) bool { return len(servers) == 0 })
		s.changed()
		return dns.Split, nil
	}
	at("GET "+path+"split-dns", "dns", func(*http.Request) (any, error) { return dns.Split, nil })
	at("PUT "+path+"split-dns", "dns", split)
	at("PATCH "+path+"split-dns", "dns", split)
}

func (s *server) settingsRoutes(at route) {
	const path = "/api/v2/tailnet/{tailnet}/settings"
	at("GET "+path, "feature_settings", func(*http.Request) (any, error) { return s.state.Settings, nil })
	at("PATCH "+path, "feature_settings", func(r *http.Request) (any, error) {
		if err := read(r, &s.state.Settings); err != nil {
			return nil, err
		}
		s.changed()
		return s.state.Settings, nil
	})
}

// list is never null.
func list(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}
