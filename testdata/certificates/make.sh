#!/usr/bin/env bash
# Makes every certificate and key of this directory anew (OpenSSL 3.0 or later). Keys are random: bytes differ from run
# to run, meaning does not. Run it only when a certificate has to be added or changed, then commit what it wrote.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
host=otel-gateway.example.com

# Tests, pages and scenarios read the clock as 2026-06-01T00:00:00Z.
begin=20260101000000Z
leaf_end=20280101000000Z # 730 days: shorter than what `long-lived-certificate` takes for long
ca_end=20350101000000Z   # nine years

cat > "$work/ca.cnf" <<'CNF'
[ca]
default_ca = it
[it]
database = ${ENV::WORK}/index.txt
new_certs_dir = ${ENV::WORK}
rand_serial = yes
unique_subject = no
policy = any
default_md = sha256
[any]
commonName = optional
organizationName = optional
[req]
distinguished_name = dn
prompt = no
[dn]
O = Example
CNF
: > "$work/index.txt"
export WORK=$work

# key NAME [openssl genpkey arguments]: writes NAME.key, PKCS#8
key() {
  local name=$1; shift
  [ $# -gt 0 ] || set -- -algorithm EC -pkeyopt ec_paramgen_curve:P-256
  openssl genpkey -quiet "$@" -out "$name.key" 2>/dev/null || openssl genpkey "$@" -out "$name.key"
}

# cert NAME KEY ISSUER SUBJECT BEGIN END [extension lines]: writes NAME.crt; ISSUER `self` signs itself.
# No extension lines make a version 1 certificate.
cert() {
  local name=$1 key=$2 issuer=$3 subject=$4 from=$5 to=$6 md=${MD:-sha256}; shift 6
  local request=(-new -key "$key.key" -subj "$subject" -config "$work/ca.cnf" -out "$work/request")
  openssl req "${request[@]}"
  local signer=(-cert "$issuer.crt" -keyfile "$issuer.key")
  [ "$issuer" != self ] || signer=(-selfsign -keyfile "$key.key")
  local extensions=()
  if [ $# -gt 0 ]; then
    { echo "[leaf]"; printf '%s\n' "$@"; } > "$work/extensions"
    extensions=(-extfile "$work/extensions" -extensions leaf)
  fi
  openssl ca -batch -notext -config "$work/ca.cnf" "${signer[@]}" -md "$md" -startdate "$from" -enddate "$to" \
    "${extensions[@]}" -in "$work/request" -out "$name.crt" 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
}

ca() { # NAME SUBJECT ISSUER
  [ -f "$1.key" ] || key "$1"
  cert "$1" "$1" "$3" "/O=Example/CN=$2" $begin $ca_end "basicConstraints=critical,CA:TRUE${4:-}" \
    keyUsage=critical,keyCertSign,cRLSign subjectKeyIdentifier=hash authorityKeyIdentifier=keyid
}

leaf="basicConstraints=critical,CA:FALSE"
sign="keyUsage=critical,digitalSignature"
ids=(subjectKeyIdentifier=hash authorityKeyIdentifier=keyid)
serves=("$leaf" "$sign" extendedKeyUsage=serverAuth "${ids[@]}")
sends=("$leaf" "$sign" extendedKeyUsage=clientAuth "${ids[@]}")
named="subjectAltName=DNS:$host"

find . -name '*.key' -delete
find . -name '*.crt' ! -name public-root.crt -delete

# Authorities
ca root-ca "Example root CA" self
ca other-ca "Another root CA" self
ca server-ca "Example server CA" self
ca client-ca "Example client CA" self
ca intermediate-ca "Example intermediate CA" root-ca ,pathlen:0
key impostor-ca
cert impostor-ca impostor-ca root-ca "/O=Example/CN=Example intermediate CA" $begin $ca_end \
  basicConstraints=critical,CA:TRUE,pathlen:0 keyUsage=critical,keyCertSign,cRLSign
key rsa-ca -algorithm RSA -pkeyopt rsa_keygen_bits:2048
ca rsa-ca "Example RSA root CA" self
key not-a-ca
cert not-a-ca not-a-ca self "/O=Example/CN=Example root that is no CA" $begin $ca_end "$leaf" "$sign" "${ids[@]}"
cert expired-ca root-ca self "/O=Example/CN=Example root CA" 20200101000000Z 20260201000000Z \
  basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign "${ids[@]}"

# Servers, all with the key of `server`
key server
server() { local name=$1 issuer=$2; shift 2; cert "$name" server "$issuer" "/O=Example/CN=$host" $begin $leaf_end "$@"; }
server server root-ca "${serves[@]}" "$named"
server server-by-intermediate intermediate-ca "${serves[@]}" "$named"
server server-by-impostor impostor-ca "$leaf" "$sign" extendedKeyUsage=serverAuth "$named"
server server-separate server-ca "${serves[@]}" "$named"
server server-by-other-ca other-ca "${serves[@]}" "$named"
server server-by-non-ca not-a-ca "${serves[@]}" "$named"
server server-wildcard root-ca "${serves[@]}" "subjectAltName=DNS:*.example.com"
server server-other-name root-ca "${serves[@]}" "subjectAltName=DNS:other.example.com"
server server-ip root-ca "${serves[@]}" "subjectAltName=IP:203.0.113.10"
server server-cn-only root-ca "${serves[@]}"
server server-no-usage root-ca "$leaf" "${ids[@]}" "$named"
server server-client-auth-only root-ca "${sends[@]}" "$named"
server server-as-ca root-ca basicConstraints=critical,CA:TRUE keyUsage=critical,digitalSignature,keyCertSign \
  extendedKeyUsage=serverAuth "${ids[@]}" "$named"
MD=sha1 server server-sha1 root-ca "${serves[@]}" "$named"
cert server-expired server root-ca "/O=Example/CN=$host" 20250101000000Z 20260501000000Z "${serves[@]}" "$named"
cert server-expiring server root-ca "/O=Example/CN=$host" $begin 20260615000000Z "${serves[@]}" "$named"
cert server-future server root-ca "/O=Example/CN=$host" 20260701000000Z $leaf_end "${serves[@]}" "$named"
cert server-long-lived server root-ca "/O=Example/CN=$host" $begin $ca_end "${serves[@]}" "$named"
cert self-signed server self "/O=Example/CN=$host" $begin $leaf_end "${serves[@]}" "$named"
cat server-by-intermediate.crt intermediate-ca.crt > server-chain.crt
cat intermediate-ca.crt server-by-intermediate.crt > server-disordered.crt

# Clients, with the key of `client` unless they have their own
key client
client() { local name=$1 issuer=$2; shift 2; cert "$name" "${KEY:-client}" "$issuer" "/O=Example/CN=otel-client" $begin $leaf_end "$@"; }
client client root-ca "${sends[@]}"
client client-v1 root-ca
client client-separate client-ca "${sends[@]}"
client client-by-intermediate intermediate-ca "${sends[@]}"
client client-server-auth-only root-ca "${serves[@]}"
client client-key-agreement root-ca "$leaf" keyUsage=critical,keyAgreement extendedKeyUsage=clientAuth "${ids[@]}"
cert client-expired client root-ca "/O=Example/CN=otel-client" 20250101000000Z 20260501000000Z "${sends[@]}"
key client-other-ca
KEY=client-other-ca client client-other-ca other-ca "${sends[@]}"
key client-ed25519 -algorithm ED25519
KEY=client-ed25519 client client-ed25519 root-ca "${sends[@]}"
key client-p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
KEY=client-p384 client client-p384 root-ca "${sends[@]}"
key client-p521 -algorithm EC -pkeyopt ec_paramgen_curve:P-521
KEY=client-p521 client client-p521 root-ca "${sends[@]}"

# RSA
key rsa-server -algorithm RSA -pkeyopt rsa_keygen_bits:2048
cert rsa-server rsa-server rsa-ca "/O=Example/CN=$host" $begin $leaf_end "${serves[@]}" "$named"
key rsa-client -algorithm RSA -pkeyopt rsa_keygen_bits:2048
cert rsa-client rsa-client rsa-ca "/O=Example/CN=otel-client" $begin $leaf_end "${sends[@]}"
key rsa-1024 -algorithm RSA -pkeyopt rsa_keygen_bits:1024
cert rsa-1024 rsa-1024 rsa-ca "/O=Example/CN=$host" $begin $leaf_end "${serves[@]}" "$named"

# Keys in every form, and keys that fit nothing
key mismatched
openssl pkcs8 -topk8 -in server.key -passout pass:example -out encrypted.key
openssl ec -in server.key -out server-sec1.key 2>/dev/null
openssl rsa -in rsa-server.key -traditional -out rsa-server-pkcs1.key 2>/dev/null
openssl rsa -in rsa-server.key -traditional -aes128 -passout pass:example -out encrypted-legacy.key 2>/dev/null
key secp256k1 -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1
ls ./*.crt ./*.key | wc -l
