// All six calls of @segment/analytics-node, with nothing changed but the host, and what Attune then knows.
import assert from 'node:assert/strict'
import { Analytics } from '@segment/analytics-node'

const url = process.env.ATTUNE_URL
const user = 'segment-user-1'
const anonymous = 'segment-visitor-1'

async function api(method, path) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${process.env.ATTUNE_KEY}` },
  })
  const text = await answer.text()
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`)
  return text ? JSON.parse(text) : undefined
}

function client(options = {}) {
  const analytics = new Analytics({ writeKey: process.env.ATTUNE_WRITE_KEY, host: url, flushAt: 100, maxRetries: 2, ...options })
  const problems = []
  analytics.on('error', (error) => problems.push(error))
  return { analytics, problems }
}

async function deliver(analytics) {
  await analytics.closeAndFlush({ timeout: 20_000 })
}

// Before they are known, then known, then under a second id: one person in the end.
{
  const { analytics, problems } = client()
  analytics.page({ anonymousId: anonymous, name: 'Home', properties: { url: 'https://shop.example/', path: '/', title: 'Home' } })
  analytics.track({ anonymousId: anonymous, event: 'Product Viewed', properties: { product_id: 'p1', category: 'games', price: 3.5 } })
  analytics.identify({ userId: user, anonymousId: anonymous, traits: { email: 'ann@shop.example', plan: 'pro' } })
  analytics.track({
    userId: user,
    event: 'Order Completed',
    properties: { order_id: 'o1', total: 27.5, products: [{ product_id: 'p1', price: 20 }, { product_id: 'p2', price: 7.5 }] },
    context: { userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', locale: 'de-CH' },
  })
  analytics.screen({ userId: user, name: 'Settings', properties: { section: 'privacy' } })
  analytics.group({ userId: user, groupId: 'acme', traits: { name: 'Acme', employees: 12 } })
  analytics.alias({ userId: 'segment-user-one', previousId: user })
  await deliver(analytics)
  assert.deepEqual(problems, [])
}

// The same message again, as a client does that never saw the answer: it counts once.
const messageId = 'retried-message-1'
for (let round = 0; round < 2; round++) {
  const { analytics, problems } = client()
  analytics.track({ userId: user, event: 'Retried', properties: { round }, messageId })
  await deliver(analytics)
  assert.deepEqual(problems, [])
}

// More than one batch, and one call a request.
{
  const { analytics, problems } = client({ flushAt: 15 })
  for (let n = 0; n < 100; n++) analytics.track({ userId: user, event: 'Clicked', properties: { n } })
  await deliver(analytics)
  assert.deepEqual(problems, [])
}

// A wrong write key is refused, and the client says so instead of trying for ever.
{
  const { analytics, problems } = client({ writeKey: 'nobody-has-this-key' })
  analytics.track({ userId: user, event: 'Forged' })
  await deliver(analytics)
  assert.equal(problems.length, 1)
}

const profile = await api('GET', `/personalization/profile/${user}`)
const counts = profile.behaviour.counts
const kinds = Object.fromEntries(Object.entries(counts).map(([kind, entry]) => [kind, entry.count]))
assert.equal(kinds.Clicked, 100, JSON.stringify(kinds))
assert.equal(kinds.Retried, 1, JSON.stringify(kinds))
assert.ok(!('Forged' in kinds))
assert.equal(kinds.page, 1, JSON.stringify(kinds))
assert.equal(kinds.screen, 1, JSON.stringify(kinds))
assert.equal(profile.demographics.email, 'ann@shop.example')
assert.equal(profile.demographics.traits.plan, 'pro')
assert.deepEqual(profile.groups.map((group) => group.group_id), ['acme'])
assert.ok(profile.identities.user_ids.includes(user))
assert.ok(profile.identities.user_ids.includes('segment-user-one'), 'alias joined the second id')
assert.ok(profile.identities.anonymous_ids.includes(anonymous), 'identify joined the visitor')

const alias = await api('GET', '/personalization/profile/segment-user-one')
assert.equal(alias.version, profile.version, 'both ids are one person')

const seen = []
for (let cursor = ''; cursor !== null; ) {
  const page = await api('GET', `/personalization/interactions/${user}?limit=50${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
  seen.push(...page.items)
  cursor = page.cursor
}
const ids = new Set(seen.map((event) => event.id))
assert.equal(ids.size, seen.length, 'no event is listed twice')
assert.equal(seen.filter((event) => event.event === 'Clicked').length, 100)
assert.ok(ids.has(messageId))
assert.ok(seen.some((event) => event.anonymous_id === anonymous), 'what the visitor did belongs to the user now')

const again = await api('POST', `/personalization/profile/${user}/recompute`)
assert.equal(again.changed, false, 'the log tells the same story')

console.log(`segment: all six calls, ${seen.length} events, one person, nothing twice`)
