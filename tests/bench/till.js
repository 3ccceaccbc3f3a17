// Tills that come at a rate, whether they were answered or not: k6 run -e URL= -e KEY= -e CARDS= -e RATE= -e SECONDS= till.js
// After SECONDS, if AFTER is given, they come at that rate for as long again, and it is noted when the last trouble was.
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';

const cards = new SharedArray('cards', () => JSON.parse(open(__ENV.CARDS)));
const seconds = Number(__ENV.SECONDS);
const sold = new Trend('sold_ms'), refused = new Trend('refused_ms'), trouble = new Trend('trouble_s');
const wrong = new Counter('wrong');
const load = (rate, start, phase) => ({
  executor: 'constant-arrival-rate', rate: Number(rate), timeUnit: '1s', duration: `${seconds}s`, startTime: `${start}s`,
  preAllocatedVUs: Math.min(Number(rate), 300), maxVUs: 600, gracefulStop: '5s', exec: phase,
});

export const options = {
  discardResponseBodies: true,
  summaryTrendStats: ['count', 'med', 'p(99)', 'max'],
  scenarios: __ENV.CLIENTS
    ? { at: { executor: 'constant-vus', vus: Number(__ENV.CLIENTS), duration: `${seconds}s`, gracefulStop: '5s', exec: 'at' } }
    : { at: load(__ENV.RATE, 0, 'at'), ...(__ENV.AFTER ? { after: load(__ENV.AFTER, seconds, 'after') } : {}) },
};

const hex = (digits) => Math.floor((1 + Math.random()) * 16 ** digits).toString(16).slice(1);
const params = { headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${__ENV.KEY}` } };

function sell() {
  const line = (sku, category, amount, quantity) => ({ sku, category, brand: '', quantity, amount });
  return http.put(
    `${__ENV.URL}/till/sales/${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(6)}${hex(6)}`,
    JSON.stringify({
      card: cards[Math.floor(Math.random() * cards.length)],
      cashier: 'Dana',
      lines: [line('flat-white', 'coffee', 1800, 1), line('oranges', 'produce', 500 + Math.floor(Math.random() * 5500), 3), line('loaf', 'bakery', 2400, 1)],
    }),
    params,
  );
}

export function at() {
  const answer = sell();
  if (answer.status === 200) sold.add(answer.timings.duration);
  else if (answer.status === 503 && answer.headers['Retry-After']) refused.add(answer.timings.duration);
  else wrong.add(1);
}

export function after() {
  const since = (Date.now() - exec.scenario.startTime) / 1000;
  const answer = sell();
  if (answer.status !== 200 || answer.timings.duration > 100) trouble.add(since);
}

export const handleSummary = (data) => ({ [__ENV.OUT]: JSON.stringify(data.metrics) });
