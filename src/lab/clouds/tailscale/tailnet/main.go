// Command tailnet is what Tailscale runs for a tailnet, for machines of a lab: the control server that real clients of
// tailscale.com log in to, a DERP relay with STUN, and the API. The protocol is spoken by the module's own packages.
// Its testcontrol shows the way, but knows one key and one packet filter, removes no device and forgets all at its end.
package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"os"

	"tailscale.com/derp/derpserver"
	"tailscale.com/net/stunserver"
	"tailscale.com/types/logger"
)

// settings come over standard input, whose end is the program's end: a token has no place among its arguments.
type settings struct {
	// APIKey lets a client in without any key having been made: "tskey-api-…".
	APIKey string `json:"apiKey"`
	// Tailnet is its DNS name, "tail1234.ts.net".
	Tailnet string `json:"tailnet"`
	// Owner is the one person in it, who owns what has no tags.
	Owner string `json:"owner"`
	// Addresses by name are set for devices as soon as they join, as its owner would do in the console.
	Addresses map[string]netip.Addr `json:"addresses"`
}

func main() {
	state := flag.String("state", "", "file that all is kept in")
	socket := flag.String("api", "", "Unix socket that the API listens on")
	address := flag.String("address", "", "address that machines find everything else at")
	authority := flag.String("authority", "", "folder of the certificate authority that machines trust")
	make := flag.Bool("make-authority", false, "only make the authority, if there is none")
	flag.Parse()
	if *make {
		must(makeAuthority(*authority))
		return
	}
	input := json.NewDecoder(os.Stdin)
	var given settings
	must(input.Decode(&given))
	server, err := openServer(*state, given, *address)
	must(err)
	go func() { must(serveMachines(server, *address, *authority)) }()
	go func() { must(serveAPI(server, *socket)) }()
	go server.forgetEphemeral()
	io.Copy(io.Discard, io.MultiReader(input.Buffered(), os.Stdin))
}

// serveMachines answers what a client asks: HTTP and HTTPS for the control server and the relay, UDP for STUN.
func serveMachines(server *server, address, authority string) error {
	relay := derpserver.New(server.state.RelayKey, logger.Discard)
	mux := server.controlMux()
	mux.Handle("/derp", derpserver.Handler(relay))
	mux.HandleFunc("/derp/probe", derpserver.ProbeHandler)
	mux.HandleFunc("/derp/latency-check", derpserver.ProbeHandler)
	mux.HandleFunc("/generate_204", derpserver.ServeNoContent)
	certificate, err := certificateFor(authority, controlName)
	if err != nil {
		return err
	}
	failed := make(chan error)
	go func() {
		failed <- stunserver.New(context.Background()).ListenAndServe(net.JoinHostPort(address, "3478"))
	}()
	go func() { failed <- http.ListenAndServe(net.JoinHostPort(address, "80"), mux) }()
	go func() {
		// Both upgrade a connection of HTTP/1.1: none may be HTTP/2.
		secure := http.Server{
			Addr:         net.JoinHostPort(address, "443"),
			Handler:      mux,
			ErrorLog:     logger.StdLogger(logger.Discard),
			TLSConfig:    &tls.Config{Certificates: []tls.Certificate{certificate}},
			TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
		}
		failed <- secure.ListenAndServeTLS("", "")
	}()
	return <-failed
}

func serveAPI(server *server, socket string) error {
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	must(os.Chmod(socket, 0o600))
	os.Stdout.WriteString("ready\n")
	return http.Serve(listener, server.apiMux())
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
