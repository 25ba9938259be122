// An identity provider for the tests: PACKAGES holds the installed packages, CALLBACK where the server under test is called back.
// It prints its address, and takes "rotate ALG" on standard input: new keys, the old ones gone.
import http from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const { default: Provider } = await import(pathToFileURL(join(process.env.PACKAGES, 'node_modules/oidc-provider/lib/index.js')));
let handler = (_, response) => response.end();
const server = http.createServer((request, response) => handler(request, response));
let number = 0;

function start(alg) {
  const pair = alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...pair.privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: `key-${++number}` };
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'wt', client_secret: 'not a secret', redirect_uris: [process.env.CALLBACK], response_types: ['code'], grant_types: ['authorization_code'],
      id_token_signed_response_alg: alg, token_endpoint_auth_method: 'client_secret_basic',
    }],
    jwks: { keys: [key] },
    cookies: { keys: ['of no use outside of this test'] },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, name: `Name of ${sub}`, preferred_username: sub, email: `${sub}@example.org`, email_verified: true }) }),
    ttl: { IdToken: 600, AccessToken: 600, AuthorizationCode: 60, Session: 3600, Interaction: 600, Grant: 600 },
  });
  provider.proxy = false;
  handler = provider.callback();
  return issuer;
}

server.listen(0, '127.0.0.1', () => console.log(start('RS256')));
createInterface({ input: process.stdin }).on('line', (line) => {
  start(line.split(' ')[1]);
  console.log('rotated');
}).on('close', () => process.exit(0));
