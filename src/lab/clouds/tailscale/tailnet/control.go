package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"tailscale.com/control/controlhttp/controlhttpserver"
	"tailscale.com/tailcfg"
	"tailscale.com/types/key"
	"tailscale.com/util/zstdframe"
)

type machineContext struct{}

// controlMux serves what a client asks in the open: the server's key, and the door to all that is encrypted.
func (s *server) controlMux() *http.ServeMux {
	inside := http.NewServeMux()
	inside.HandleFunc("POST /machine/register", s.serveRegister)
	inside.HandleFunc("POST /machine/map", s.serveMap)
	inside.HandleFunc("POST /machine/update-health", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	outside := http.NewServeMux()
	outside.HandleFunc("GET /key", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, tailcfg.OverTLSPublicKeyResponse{PublicKey: s.state.ControlKey.Public()})
	})
	outside.HandleFunc("/ts2021", func(w http.ResponseWriter, r *http.Request) {
		connection, err := controlhttpserver.AcceptHTTP(r.Context(), w, r, s.state.ControlKey, nil)
		if err != nil {
			return
		}
		defer connection.Close()
		var h2 http2.Server
		h2.ServeConn(connection, &http2.ServeConnOpts{
			Context:    context.WithValue(r.Context(), machineContext{}, connection.Peer()),
			BaseConfig: &http.Server{Handler: inside},
		})
	})
	return outside
}

func machineOf(r *http.Request) key.MachinePublic {
	return r.Context().Value(machineContext{}).(key.MachinePublic)
}

func (s *server) serveRegister(w http.ResponseWriter, r *http.Request) {
	var request tailcfg.RegisterRequest
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil || request.NodeKey.IsZero() {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.register(machineOf(r), &request)
	switch {
	case err != nil:
		reply(w, http.StatusOK, tailcfg.RegisterResponse{Error: err.Error()})
	case d == nil:
		// Somebody would have to log in with a browser, and nobody can: the page is only named.
		reply(w, http.StatusOK, tailcfg.RegisterResponse{AuthURL: "https://login.tailscale.com/a/" + word(12)})
	default:
		reply(w, http.StatusOK, tailcfg.RegisterResponse{
			User:              tailcfg.User{ID: s.userOf(d).ID, DisplayName: s.userOf(d).DisplayName},
			Login:             tailcfg.Login{ID: tailcfg.LoginID(s.userOf(d).ID), LoginName: s.userOf(d).LoginName},
			NodeKeyExpired:    d.expired(),
			MachineAuthorized: d.Authorized,
		})
	}
}

// register logs a machine in, again or out. Neither a device nor an error: somebody has to log in. s.mu is held.
func (s *server) register(machine key.MachinePublic, request *tailcfg.RegisterRequest) (*device, error) {
	known := s.find(func(d *device) bool { return d.Machine == machine && !d.Removed })
	if !request.Expiry.IsZero() && request.Expiry.Before(time.Now()) {
		if known != nil && known.Key == request.NodeKey {
			known.Expires, known.NeverExpires, known.Removed = time.Now(), false, known.Ephemeral
			s.changed()
		}
		return known, nil
	}
	if request.Auth == nil || request.Auth.AuthKey == "" {
		if known == nil || known.Key != request.NodeKey {
			return nil, nil
		}
		s.heardOf(known, request.Hostinfo)
		return known, nil
	}
	spent, err := s.useKey(request)
	if err != nil {
		return nil, err
	}
	create := spent.Capabilities.Devices.Create
	if known == nil {
		s.state.LastID++
		s.state.Devices = slices.DeleteFunc(s.state.Devices, func(d *device) bool { return d.Machine == machine })
		known = &device{ID: s.state.LastID, Machine: machine, Created: time.Now(), Seen: time.Now()}
		known.Name = s.freeName(request.Hostinfo.Hostname, known)
		known.Address = s.Addresses[known.Name]
		s.state.Devices = append(s.state.Devices, known)
	}
	known.Key, known.Tags, known.Ephemeral = request.NodeKey, slices.Clone(create.Tags), create.Ephemeral
	known.Authorized = known.Authorized || create.Preauthorized || !s.state.Settings.DevicesApproval
	// What has a tag belongs to nobody who could log in again.
	known.NeverExpires = len(create.Tags) > 0
	known.Expires = time.Now().AddDate(0, 0, s.state.Settings.KeyDurationDays)
	s.heardOf(known, request.Hostinfo)
	return known, nil
}

// useKey is the key that a request logs in with. s.mu is held.
func (s *server) useKey(request *tailcfg.RegisterRequest) (*authKey, error) {
	for _, k := range s.state.Keys {
		if k.KeyType != "auth" || k.Secret != request.Auth.AuthKey {
			continue
		}
		if k.invalid() {
			return nil, errors.New("invalid key: API key " + k.ID + " not valid")
		}
		for _, tag := range request.Hostinfo.RequestTags {
			if !slices.Contains(k.Capabilities.Devices.Create.Tags, tag) {
				return nil, errors.New("requested tags [" + strings.Join(request.Hostinfo.RequestTags, " ") + "] are invalid or not permitted")
			}
		}
		k.Used = true
		return k, nil
	}
	return nil, errors.New("invalid key: API key does not exist")
}

// heardOf takes what a device says of itself. s.mu is held.
func (s *server) heardOf(d *device, info *tailcfg.Hostinfo) {
	d.Hostinfo = info
	if !d.Named {
		d.Name = s.freeName(info.Hostname, d)
	}
	for _, route := range info.RoutableIPs {
		if !slices.Contains(d.Routes, route) && s.policy.approves(route, s.partyOf(d)) {
			d.Routes = append(d.Routes, route)
		}
	}
	s.changed()
}

func (s *server) serveMap(w http.ResponseWriter, r *http.Request) {
	var request tailcfg.MapRequest
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	machine := machineOf(r)
	d := s.find(func(d *device) bool { return d.Machine == machine && d.Key == request.NodeKey })
	if d == nil {
		s.mu.Unlock()
		http.Error(w, "node not found", http.StatusNotFound)
		return
	}
	if !request.ReadOnly && !d.Removed {
		s.update(d, &request)
	}
	if !request.Stream || request.ReadOnly {
		s.mu.Unlock()
		return
	}
	d.polls++
	s.wake()
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		d.polls--
		d.Seen = time.Now()
		s.changed()
	}()
	s.stream(r.Context(), w, d, &request)
}

// update takes what a device says of where it is now. s.mu is held.
func (s *server) update(d *device, request *tailcfg.MapRequest) {
	d.Endpoints, d.Disco, d.Capability = request.Endpoints, request.DiscoKey, request.Version
	info := request.Hostinfo
	if info == nil {
		info = d.Hostinfo
	}
	s.heardOf(d, info)
}

// stream tells a device of every change, until it goes away.
func (s *server) stream(ctx context.Context, w http.ResponseWriter, d *device, request *tailcfg.MapRequest) {
	const keepAlive = 50 * time.Second
	peers := map[tailcfg.NodeID]bool{}
	var last []byte
	for {
		s.mu.Lock()
		news := s.news
		stale := d.Key != request.NodeKey
		text, err := json.Marshal(s.mapFor(d, peers))
		s.mu.Unlock()
		if stale || err != nil {
			return
		}
		if !bytes.Equal(text, last) && send(w, request, text) != nil {
			return
		}
		last = text
	wait:
		select {
		case <-ctx.Done():
			return
		case <-news:
		case <-time.After(keepAlive):
			if send(w, request, []byte(`{"KeepAlive":true}`)) != nil {
				return
			}
			goto wait
		}
	}
}

// send writes one message: its length, then itself.
func send(w http.ResponseWriter, request *tailcfg.MapRequest, text []byte) error {
	if request.Compress == "zstd" {
		text = zstdframe.AppendEncode(nil, text, zstdframe.FastestCompression)
	}
	if _, err := w.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text...)); err != nil {
		return err
	}
	w.(http.Flusher).Flush()
	return nil
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
