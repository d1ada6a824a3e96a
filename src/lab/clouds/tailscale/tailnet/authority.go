package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// controlName is where a client looks for its control server by default.
const controlName = "controlplane.tailscale.com"

// The authority's files in its folder. Machines are given the first.
const (
	authorityCertificate = "authority.pem"
	authorityKey         = "authority.key"
)

// makeAuthority makes a certificate authority that can vouch for the control server alone.
func makeAuthority(folder string) error {
	if _, err := os.Stat(filepath.Join(folder, authorityCertificate)); err == nil {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := x509.Certificate{
		SerialNumber:                big.NewInt(1),
		Subject:                     pkix.Name{CommonName: "Authority of a fleet's lab for " + controlName},
		NotBefore:                   time.Now().Add(-time.Hour),
		NotAfter:                    time.Now().AddDate(20, 0, 0),
		IsCA:                        true,
		BasicConstraintsValid:       true,
		KeyUsage:                    x509.KeyUsageCertSign,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         []string{controlName},
	}
	signed, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := writePEM(filepath.Join(folder, authorityKey), "EC PRIVATE KEY", secret); err != nil {
		return err
	}
	return writePEM(filepath.Join(folder, authorityCertificate), "CERTIFICATE", signed)
}

// certificateFor signs a certificate that lives as long as this process.
func certificateFor(folder, name string) (tls.Certificate, error) {
	authority, err := tls.LoadX509KeyPair(filepath.Join(folder, authorityCertificate), filepath.Join(folder, authorityKey))
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     []string{name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(1, 0, 0),
	}
	signed, err := x509.CreateCertificate(rand.Reader, &template, authority.Leaf, &key.PublicKey, authority.PrivateKey)
	return tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: key}, err
}

func writePEM(path, kind string, bytes []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600)
}
