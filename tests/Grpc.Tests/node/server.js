'use strict';
// Serves the trial service on a free port, which it prints; ends when its standard input does.
const { grpc, Trial, pattern, digest, richStatus } = require('./trial');

let cancelled = 0;

function echo(call, callback) {
  const { text, data } = call.request;
  if (text === 'details') {
    const metadata = new grpc.Metadata();
    metadata.set('grpc-status-details-bin', richStatus);
    metadata.set('reason', 'moved');
    callback({ code: grpc.status.FAILED_PRECONDITION, details: 'ståle 100%', metadata });
  } else if (text === 'hang') {
    call.on('cancelled', () => cancelled++);
  } else if (text === 'cancelled?') {
    callback(null, { total: cancelled });
  } else if (text === 'deadline?') {
    callback(null, { total: call.getDeadline() - Date.now() });
  } else if (text === 'metadata') {
    const headers = new grpc.Metadata();
    headers.set('h-text', String(call.metadata.get('q-text')[0]));
    call.sendMetadata(headers);
    const trailers = new grpc.Metadata();
    trailers.set('t-data-bin', call.metadata.get('q-data-bin')[0]);
    callback(null, {}, trailers);
  } else {
    callback(null, { text, data });
  }
}

function collect(call, callback) {
  const hash = digest();
  let total = 0;
  call.on('data', (ask) => {
    hash.add(ask.data);
    total += ask.data.length;
  });
  call.on('end', () => callback(null, { text: hash.text(), total }));
}

function repeat(call) {
  const { text, count, size } = call.request;
  let index = 0;
  call.on('cancelled', () => cancelled++);
  const pump = () => {
    while (index < count) {
      const more = call.write({ total: index, data: pattern(size, index) });
      index++;
      if (!more) {
        call.once('drain', pump);
        return;
      }
    }
    if (text === 'hang') return;
    if (text === 'fail') call.emit('error', { code: grpc.status.DATA_LOSS, details: 'broken' });
    else call.end();
  };
  pump();
}

function converse(call) {
  call.on('data', (ask) => call.write({ text: ask.text, data: ask.data }));
  call.on('end', () => call.end());
}

const server = new grpc.Server({
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
});
server.addService(Trial.service, { Echo: echo, Collect: collect, Repeat: repeat, Converse: converse });
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
