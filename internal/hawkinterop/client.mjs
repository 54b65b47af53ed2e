// A client of the reference implementation. It reads cases from standard input, sends them one after the other, checks
// the responses with its own means, and prints the outcome of each, as JSON.
//
// A case: {base, target, method, credentials, ext, app, dlg, nonce, payload, send: another body than the one hashed,
// contentType, hash: hash the payload, check: check the response and require that it is signed, correct: follow the
// server's clock and try once more}.
import Http from 'node:http';
import Https from 'node:https';
import { createRequire } from 'node:module';

const Hawk = createRequire(process.env.HAWK_INTEROP_DIR + '/')('@hapi/hawk');

function send(c, header, resource) {
    const { protocol, hostname, port } = new URL(c.base);
    return new Promise((resolve, reject) => {
        const body = Buffer.from(c.send ?? c.payload ?? '');
        const headers = { authorization: header, 'content-length': body.length };
        if (c.contentType) {
            headers['content-type'] = c.contentType;
        }
        const req = (protocol === 'https:' ? Https : Http).request({
            host: hostname.replace(/^\[|\]$/g, ''), port, path: resource, method: c.method, headers, rejectUnauthorized: false,
        }, async (res) => {
            const chunks = [];
            for await (const chunk of res) {
                chunks.push(chunk);
            }
            resolve({ res, body: Buffer.concat(chunks).toString() });
        });
        req.on('error', reject);
        req.end(body);
    });
}

async function attempt(c, offset) {
    const { header, artifacts } = Hawk.client.header(c.base + c.target, c.method, {
        credentials: c.credentials,
        ext: c.ext,
        app: c.app,
        dlg: c.dlg,
        nonce: c.nonce,
        payload: c.hash ? c.payload ?? '' : undefined,
        contentType: c.contentType,
        localtimeOffsetMsec: offset,
    });
    const { res, body } = await send(c, header, artifacts.resource);
    const outcome = { status: res.statusCode, body, resource: artifacts.resource, attempts: 1 };
    try {
        const { headers } = Hawk.client.authenticate(res, c.credentials, artifacts, {
            payload: c.check ? body : undefined, required: c.check,
        });
        outcome.error = headers['www-authenticate']?.error;
        outcome.time = Number(headers['www-authenticate']?.ts ?? 0); // its proof was right, or authenticate had thrown
    }
    catch (err) {
        outcome.refused = err.message;
    }
    return outcome;
}

let input = '';
for await (const chunk of process.stdin) {
    input += chunk;
}
const outcomes = [];
for (const c of JSON.parse(input)) {
    let outcome = await attempt(c, 0);
    if (c.correct && outcome.time) {
        outcome = { ...await attempt(c, outcome.time * 1000 - Date.now()), attempts: 2 };
    }
    outcomes.push(outcome);
}
console.log(JSON.stringify(outcomes));
