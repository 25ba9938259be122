'use strict';
// What client.js and server.js share: the generated-on-load service, the payloads and the status details.
const path = require('path');
const crypto = require('crypto');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const MiB = 1024 * 1024;
const proto = path.join(__dirname, '..', 'Protos', 'trial.proto');
const loaded = loader.loadSync(proto, { keepCase: true, longs: Number, defaults: true });
const { Trial, RichStatus } = grpc.loadPackageDefinition(loaded).w0rktree.trial.v1;

// The same bytes as Pattern.cs.
function pattern(size, index) {
  const bytes = Buffer.allocUnsafe(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 7 + index) & 255;
  return bytes;
}

function digest() {
  const hash = crypto.createHash('sha256');
  return { add: (bytes) => hash.update(bytes), text: () => hash.digest('hex') };
}

// google.rpc.Status { code: 9, message: "stale", no details }, written by hand: the test decodes it with protobuf.
const richStatus = Buffer.from([0x08, 9, 0x12, 5, ...Buffer.from('stale')]);

module.exports = { grpc, Trial, RichStatus, MiB, pattern, digest, richStatus };
