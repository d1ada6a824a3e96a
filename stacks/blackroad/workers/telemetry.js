/** Keeps what programs tell of themselves: one row of the log database for each line of a request's JSON list. */
const MOST_LINES = 500;

export default {
  async fetch(request, env) {
    if (request.method !== "POST") return new Response("Method Not Allowed", { status: 405 });
    const lines = await request.json().catch(() => undefined);
    if (!Array.isArray(lines)) return new Response("a JSON list of lines is expected", { status: 400 });
    if (lines.length > MOST_LINES) return new Response(`at most ${MOST_LINES} lines`, { status: 413 });
    await env.LOGS.prepare("CREATE TABLE IF NOT EXISTS lines (at TEXT NOT NULL, line TEXT NOT NULL)").run();
    const insert = env.LOGS.prepare("INSERT INTO lines (at, line) VALUES (?, ?)");
    const at = new Date().toISOString();
    if (lines.length > 0) await env.LOGS.batch(lines.map((line) => insert.bind(at, JSON.stringify(line))));
    return new Response(null, { status: 204 });
  },
};
