// A server of the reference implementation. It verifies every request and responds with what it found, as JSON.
//
// The header X-Interop says, as JSON, how: {clock: seconds its clock is ahead, payload: check the body, sign: sign the
// response, ext: with this ext, tamper: and then send another body}. It prints its ports, and ends with its standard input.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const Hawk = createRequire(process.env.HAWK_INTEROP_DIR + '/')('@hapi/hawk');
const credentials = JSON.parse(process.env.HAWK_INTEROP_CREDENTIALS);
const seen = new Set();

async function handle(req, res) {
    const chunks = [];
    for await (const chunk of req) {
        chunks.push(chunk);
    }
    const how = JSON.parse(req.headers['x-interop'] ?? '{}');
    let body;
    try {
        const { credentials: found, artifacts } = await Hawk.server.authenticate(req, (id) => credentials[id], {
            localtimeOffsetMsec: (how.clock ?? 0) * 1000,
            payload: how.payload ? Buffer.concat(chunks) : undefined,
            nonceFunc(key, nonce, ts) {
                const entry = `${key} ${nonce} ${ts}`;
                if (seen.has(entry)) {
                    throw new Error('replay');
                }
                seen.add(entry);
            },
        });
        body = JSON.stringify(artifacts);
        res.setHeader('Content-Type', 'application/json; charset=utf-8');
        if (how.sign) {
            res.setHeader('Server-Authorization', Hawk.server.header(found, artifacts, {
                payload: body, contentType: 'application/json', ext: how.ext,
            }));
        }
        if (how.tamper) {
            body = JSON.stringify({ ...artifacts, id: 'somebody else' });
        }
    }
    catch (err) {
        res.statusCode = err.output?.statusCode ?? 500;
        for (const [name, value] of Object.entries(err.output?.headers ?? {})) {
            res.setHeader(name, value);
        }
        body = JSON.stringify({ error: err.message });
    }
    res.end(body);
}

function listen(host) {
    return new Promise((resolve) => {
        const server = createServer(handle);
        server.on('error', () => resolve(0)); // a machine without IPv6
        server.listen(0, host, () => resolve(server.address().port));
    });
}

console.log(JSON.stringify({ ipv4: await listen('127.0.0.1'), ipv6: await listen('::1') }));
process.stdin.on('end', () => process.exit(0)).resume();
