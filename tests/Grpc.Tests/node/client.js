'use strict';
// Runs one scenario against a server and prints what it saw as JSON: node client.js HOST:PORT SCENARIO
const { grpc, Trial, RichStatus, MiB, pattern, digest } = require('./trial');

const [address, scenario] = process.argv.slice(2);
const client = new Trial(address, grpc.credentials.createInsecure(), {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.default_compression_algorithm': scenario === 'gzip' ? grpc.compressionAlgorithms.gzip : grpc.compressionAlgorithms.identity,
});

const tell = (result) => {
  console.log(JSON.stringify(result));
  client.close();
};
const failure = (e) => ({ code: e.code, details: e.details });
const echo = (ask, metadata, options) =>
  new Promise((resolve) => {
    const seen = {};
    const call = client.Echo(ask, metadata ?? new grpc.Metadata(), options ?? {}, (error, answer) => {
      seen.error = error;
      seen.answer = answer;
      if (seen.status) resolve(seen);
    });
    seen.call = call;
    call.on('metadata', (headers) => (seen.headers = headers));
    call.on('status', (status) => {
      seen.status = status;
      if (seen.error !== undefined) resolve(seen);
    });
  });

function readAll(call, onMessage) {
  return new Promise((resolve) => {
    let error = null;
    call.on('data', onMessage);
    call.on('error', (e) => (error = failure(e)));
    call.on('status', (status) => resolve({ error, code: status.code, trailers: status.metadata.getMap() }));
  });
}

async function write(call, message) {
  if (!call.write(message)) await new Promise((resolve) => call.once('drain', resolve));
}

const scenarios = {
  async unary() {
    const { answer, status } = await echo({ text: 'grüße', data: pattern(1000, 1) });
    tell({ text: answer.text, same: answer.data.equals(pattern(1000, 1)), code: status.code });
  },
  async collect() {
    const answer = await new Promise((resolve, reject) => {
      const call = client.Collect((error, value) => (error ? reject(error) : resolve(value)));
      for (const letter of 'abc') call.write({ text: letter, data: pattern(10, 0) });
      call.end();
    });
    tell({ text: answer.text, total: answer.total });
  },
  async repeat() {
    const totals = [];
    const end = await readAll(client.Repeat({ count: 5, size: 10 }), (answer) => totals.push(answer.total));
    tell({ totals, code: end.code });
  },
  async converse() {
    const call = client.Converse();
    const texts = [];
    const end = readAll(call, (answer) => {
      texts.push(answer.text);
      if (texts.length < 5) call.write({ text: String(texts.length) });
      else call.end();
    });
    call.write({ text: '0' });
    tell({ texts, code: (await end).code });
  },
  async deadline() {
    const { error } = await echo({ text: 'hang' }, undefined, { deadline: Date.now() + 300 });
    tell(failure(error));
  },
  async cancel() {
    const call = client.Repeat({ text: 'hang', count: 1, size: 10 });
    const end = readAll(call, () => call.cancel());
    tell({ code: (await end).code });
  },
  async metadata() {
    const metadata = new grpc.Metadata();
    metadata.set('q-text', 'text value');
    metadata.set('q-data-bin', Buffer.from([0, 1, 254, 255]));
    const { headers, status } = await echo({ text: 'metadata' }, metadata);
    tell({ header: headers.get('h-text')[0], trailer: status.metadata.get('t-data-bin')[0].toString('hex') });
  },
  async details() {
    const { error } = await echo({ text: 'details' });
    const rich = RichStatus.type ? error.metadata.get('grpc-status-details-bin')[0].toString('hex') : null;
    tell({ ...failure(error), rich, reason: error.metadata.get('reason')[0] });
  },
  async failAfterMessages() {
    let count = 0;
    const end = await readAll(client.Repeat({ text: 'fail', count: 3, size: 10 }), () => count++);
    tell({ count, ...end.error });
  },
  async unimplemented() {
    const error = await new Promise((resolve) => client.Nothing({}, (e) => resolve(e)));
    tell(failure(error));
  },
  async gzip() {
    const zeros = Buffer.alloc(100000);
    const { answer, status } = await echo({ text: 'zipped', data: zeros });
    tell({ same: answer.data.equals(zeros), code: status.code });
  },
  async download() {
    const hash = digest();
    let total = 0;
    const end = await readAll(client.Repeat({ count: 64, size: MiB }), (answer) => {
      hash.add(answer.data);
      total += answer.data.length;
    });
    tell({ digest: hash.text(), total, code: end.code });
  },
  async upload() {
    let call;
    const done = new Promise((resolve, reject) => {
      call = client.Collect((error, value) => (error ? reject(error) : resolve(value)));
    });
    for (let i = 0; i < 64; i++) await write(call, { data: pattern(MiB, i) });
    call.end();
    const answer = await done;
    tell({ digest: answer.text, total: answer.total });
  },
};

scenarios[scenario]().catch((error) => {
  console.error(error);
  process.exit(1);
});
