// Verifies credentials (JSON lines on stdin) with Digital Bazaar's libraries. Arguments: a file of contexts by address, the
// instant of verification. No network: contexts come from the file, keys from did:key, and any connection is an error.
import {readFileSync} from 'node:fs';
import net from 'node:net';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

net.Socket.prototype.connect = () => {
  throw new Error('the network was asked');
};
const contexts = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const now = new Date(process.argv[3]);

function didKey(url) {
  const [did] = url.split('#');
  const multikey = did.slice('did:key:'.length);
  const id = `${did}#${multikey}`;
  const method = {
    '@context': 'https://w3id.org/security/multikey/v1',
    id, type: 'Multikey', controller: did, publicKeyMultibase: multikey,
  };
  const document = {
    '@context': ['https://www.w3.org/ns/did/v1'], id: did, assertionMethod: [id], verificationMethod: [method],
  };
  return url === did ? document : method;
}

async function documentLoader(url) {
  const document = url.startsWith('did:key:') ? didKey(url) : contexts[url];
  if(!document) {
    throw new Error(`not given: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

for(const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const suite = new DataIntegrityProof({cryptosuite});
  const found = await vc.verifyCredential({credential: JSON.parse(line), suite, documentLoader, now});
  const errors = found.error?.errors ?? [found.error];
  console.log(found.verified ? 'verified' : `refused: ${errors.map(one => one?.message).join('; ').replaceAll('\n', ' ')}`);
}
