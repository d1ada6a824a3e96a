package main

import (
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// apiDevice is a device as the API shows it.
type apiDevice struct {
	Addresses                 []string   `json:"addresses"`
	ID                        string     `json:"id"`
	NodeID                    string     `json:"nodeId"`
	User                      string     `json:"user"`
	Name                      string     `json:"name"`
	Hostname                  string     `json:"hostname"`
	ClientVersion             string     `json:"clientVersion"`
	UpdateAvailable           bool       `json:"updateAvailable"`
	OS                        string     `json:"os"`
	Created                   time.Time  `json:"created"`
	ConnectedToControl        bool       `json:"connectedToControl"`
	LastSeen                  *time.Time `json:"lastSeen,omitempty"`
	KeyExpiryDisabled         bool       `json:"keyExpiryDisabled"`
	Expires                   time.Time  `json:"expires"`
	Authorized                bool       `json:"authorized"`
	IsExternal                bool       `json:"isExternal"`
	IsEphemeral               bool       `json:"isEphemeral"`
	MachineKey                string     `json:"machineKey"`
	NodeKey                   string     `json:"nodeKey"`
	BlocksIncomingConnections bool       `json:"blocksIncomingConnections"`
	Tags                      []string   `json:"tags,omitempty"`
	TailnetLockKey            string     `json:"tailnetLockKey"`
	TailnetLockError          string     `json:"tailnetLockError"`

	// Only where all fields are asked for.
	SSHEnabled       *bool    `json:"sshEnabled,omitempty"`
	AdvertisedRoutes []string `json:"advertisedRoutes,omitempty"`
	EnabledRoutes    []string `json:"enabledRoutes,omitempty"`
}

func (s *server) shown(d *device, all bool) apiDevice {
	shown := apiDevice{
		Addresses: addressTexts(d), ID: strconv.FormatInt(d.ID, 10), NodeID: d.nodeID(), User: s.userOf(d).LoginName,
		Name: d.Name + "." + s.Tailnet, Hostname: d.Hostinfo.Hostname, ClientVersion: d.Hostinfo.IPNVersion, OS: d.Hostinfo.OS,
		Created: d.Created, ConnectedToControl: d.polls > 0, KeyExpiryDisabled: d.NeverExpires, Expires: d.Expires,
		Authorized: d.Authorized, IsEphemeral: d.Ephemeral, MachineKey: d.Machine.String(), NodeKey: d.Key.String(),
		BlocksIncomingConnections: d.Hostinfo.ShieldsUp, Tags: d.Tags,
	}
	if d.polls == 0 {
		shown.LastSeen = &d.Seen
	}
	if all {
		ssh := len(d.Hostinfo.SSH_HostKeys) > 0
		shown.SSHEnabled = &ssh
		shown.AdvertisedRoutes, shown.EnabledRoutes = texts(d.Hostinfo.RoutableIPs), texts(d.Routes)
	}
	return shown
}

func (s *server) deviceRoutes(at route) {
	at("GET /api/v2/tailnet/{tailnet}/devices", "devices:core", func(r *http.Request) (any, error) {
		devices := []apiDevice{}
		for _, d := range s.present() {
			shown := s.shown(d, r.FormValue("fields") == "all")
			if fits(shown, r) {
				devices = append(devices, shown)
			}
		}
		return map[string]any{"devices": devices}, nil
	})
	at("GET /api/v2/device/{device}", "devices:core", s.ofDevice(func(d *device, r *http.Request) (any, error) {
		return s.shown(d, r.FormValue("fields") == "all"), nil
	}))
	at("DELETE /api/v2/device/{device}", "devices:core", s.ofDevice(func(d *device, _ *http.Request) (any, error) {
		d.Removed, d.Expires = true, time.Now()
		s.changed()
		return nil, nil
	}))
	at("POST /api/v2/device/{device}/expire", "devices:core", s.ofDevice(func(d *device, _ *http.Request) (any, error) {
		d.NeverExpires, d.Expires = false, time.Now()
		s.changed()
		return nil, nil
	}))
	change(s, at, "authorized", "devices:core", func(d *device, body struct{ Authorized bool }) error {
		d.Authorized = body.Authorized
		return nil
	})
	change(s, at, "key", "devices:core", func(d *device, body struct{ KeyExpiryDisabled bool }) error {
		d.NeverExpires = body.KeyExpiryDisabled
		return nil
	})
	change(s, at, "name", "devices:core", func(d *device, body struct{ Name string }) error {
		name, _, _ := strings.Cut(body.Name, ".")
		d.Named = name != ""
		if !d.Named {
			name = d.Hostinfo.Hostname
		}
		d.Name = s.freeName(name, d)
		return nil
	})
	change(s, at, "tags", "devices:core", func(d *device, body struct{ Tags []string }) error {
		if err := s.tagsExist(body.Tags); err != nil {
			return err
		}
		d.Tags = slices.Compact(slices.Sorted(slices.Values(body.Tags)))
		return nil
	})
	at("GET /api/v2/device/{device}/routes", "devices:routes", s.ofDevice(func(d *device, _ *http.Request) (any, error) {
		return routesOf(d), nil
	}))
	at("POST /api/v2/device/{device}/routes", "devices:routes", s.ofDevice(func(d *device, r *http.Request) (any, error) {
		var body struct{ Routes []netip.Prefix }
		if err := read(r, &body); err != nil {
			return nil, err
		}
		d.Routes = body.Routes
		s.changed()
		return routesOf(d), nil
	}))
}

// change is a POST that sets something of a device and answers with nothing.
func change[T any](s *server, at route, what, scope string, set func(*device, T) error) {
	at("POST /api/v2/device/{device}/"+what, scope, s.ofDevice(func(d *device, r *http.Request) (any, error) {
		var body T
		if err := read(r, &body); err != nil {
			return nil, err
		}
		if err := set(d, body); err != nil {
			return nil, err
		}
		s.changed()
		return nil, nil
	}))
}

// ofDevice finds the device by either of its ids.
func (s *server) ofDevice(answer func(*device, *http.Request) (any, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		id := r.PathValue("device")
		d := s.find(func(d *device) bool {
			return !d.Removed && (d.nodeID() == id || strconv.FormatInt(d.ID, 10) == id)
		})
		if d == nil {
			return nil, refuse(http.StatusNotFound, "no device with that ID was found")
		}
		return answer(d, r)
	}
}

func (s *server) tagsExist(tags []string) error {
	for _, tag := range tags {
		if _, owned := s.policy.TagOwners[tag]; !owned {
			return refuse(http.StatusBadRequest, "requested tags [%s] are invalid or not permitted", strings.Join(tags, " "))
		}
	}
	return nil
}

// fits holds a device against ?hostname=…&tags=… and the like.
func fits(d apiDevice, r *http.Request) bool {
	values := map[string][]string{
		"hostname": {d.Hostname}, "name": {d.Name}, "os": {d.OS}, "user": {d.User}, "tags": d.Tags, "id": {d.ID},
		"isEphemeral": {strconv.FormatBool(d.IsEphemeral)}, "authorized": {strconv.FormatBool(d.Authorized)},
	}
	for field, wanted := range r.URL.Query() {
		has, known := values[field]
		if known && !slices.ContainsFunc(wanted, func(value string) bool { return slices.Contains(has, value) }) {
			return false
		}
	}
	return true
}

func routesOf(d *device) any {
	return map[string][]string{"advertisedRoutes": texts(d.Hostinfo.RoutableIPs), "enabledRoutes": texts(d.Routes)}
}

func texts(prefixes []netip.Prefix) []string {
	all := []string{}
	for _, prefix := range prefixes {
		all = append(all, prefix.String())
	}
	return all
}

func addressTexts(d *device) (all []string) {
	for _, prefix := range d.addresses() {
		all = append(all, prefix.Addr().String())
	}
	return all
}
