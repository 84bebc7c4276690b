// OpenFeature's own clients for servers and browsers, with nothing of Attune but the address and a key.
import assert from 'node:assert/strict'
import { OpenFeature } from '@openfeature/server-sdk'
import { OFREPProvider } from '@openfeature/ofrep-provider'
import { OpenFeature as OpenFeatureWeb, ProviderEvents } from '@openfeature/web-sdk'
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider'
import { EventSource } from 'eventsource'

const url = process.env.ATTUNE_URL

async function api(method, path, key, body) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'x-tenant': 'default', 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  })
  const text = await answer.text()
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`)
  return text ? JSON.parse(text) : undefined
}

const flag = (variants, defaultVariant, targeting, more = {}) => ({ state: 'ENABLED', variants, defaultVariant, targeting, ...more })
const admin = (await api('POST', '/keys', process.env.ATTUNE_ROOT_KEY, { name: 'flags', role: 'admin' })).key
const flags = {
  'bool-flag': flag({ on: true, off: false }, 'off', { if: [{ '==': [{ var: 'country' }, 'CH'] }, 'on'] }),
  'my key/é': flag({ red: '#f00', blue: '' }, 'blue', { if: [{ ends_with: [{ var: 'email' }, '@example.org'] }, 'red'] }),
  'number-flag': flag({ ten: 10, zero: 0 }, 'zero'),
  'object-flag': flag({ a: { x: { y: [1, 2] } } }, 'a'),
  'split-flag': flag({ a: 'a', b: 'b' }, 'a', { fractional: [['a', 50], ['b', 50]] }),
  'broken-flag': flag({ on: true }, 'on', { var: 'nothing-like-it' }),
}
await api('POST', '/flags:load', admin, { flags })

// The server's client asks for one flag at a time.
{
  await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: url, headers: [['X-API-Key', process.env.ATTUNE_KEY]] }))
  const client = OpenFeature.getClient()
  const ann = { targetingKey: 'ann', country: 'CH', email: 'ann@example.org' }
  const bool = await client.getBooleanDetails('bool-flag', false, ann)
  assert.deepEqual([bool.value, bool.variant, bool.reason], [true, 'on', 'TARGETING_MATCH'])
  assert.equal(await client.getBooleanValue('bool-flag', true, { targetingKey: 'eve' }), false)
  assert.equal(await client.getStringValue('my key/é', 'none', ann), '#f00')
  assert.equal(await client.getStringValue('my key/é', 'none', { targetingKey: 'eve' }), '')
  assert.equal(await client.getNumberValue('number-flag', 7, ann), 0)
  assert.deepEqual(await client.getObjectValue('object-flag', {}, ann), { x: { y: [1, 2] } })
  const split = await client.getStringDetails('split-flag', 'none', ann)
  assert.ok(['a', 'b'].includes(split.value))
  assert.equal((await client.getStringDetails('split-flag', 'none', ann)).value, split.value)
  const missing = await client.getBooleanDetails('no-such-flag', true, ann)
  assert.deepEqual([missing.value, missing.errorCode], [true, 'FLAG_NOT_FOUND'])
  const broken = await client.getBooleanDetails('broken-flag', false, { ...ann, 'nothing-like-it': 'neither' })
  assert.deepEqual([broken.value, broken.errorCode], [false, 'GENERAL'])
  assert.equal((await client.getStringDetails('bool-flag', 'mine', ann)).errorCode, 'TYPE_MISMATCH')
  await OpenFeature.close()
}

// The browser's asks for all of them, and keeps them until the context changes.
{
  await OpenFeatureWeb.setContext({ targetingKey: 'ann', country: 'CH' })
  await OpenFeatureWeb.setProviderAndWait(
    new OFREPWebProvider({ baseUrl: url, pollInterval: 0, headers: [['Authorization', `Bearer ${process.env.ATTUNE_WRITE_KEY}`]] }))
  const client = OpenFeatureWeb.getClient()
  assert.equal(client.getBooleanValue('bool-flag', false), true)
  assert.equal(client.getStringValue('my key/é', 'none'), '')
  assert.deepEqual(client.getObjectValue('object-flag', {}), { x: { y: [1, 2] } })
  assert.equal(client.getBooleanDetails('no-such-flag', true).errorCode, 'FLAG_NOT_FOUND')
  // The same person, another country: a tag over the flags alone would freeze the value.
  await OpenFeatureWeb.setContext({ targetingKey: 'ann', country: 'DE' })
  assert.equal(client.getBooleanValue('bool-flag', true), false)
  await OpenFeatureWeb.close()
}

// With an EventSource, as every browser has one, the same client hears of every change within a second, without polling.
{
  const heard = (event) => new Promise((resolve) => OpenFeatureWeb.addHandler(event, resolve))
  globalThis.EventSource = EventSource
  await OpenFeatureWeb.setContext({ targetingKey: 'ann', country: 'DE' })
  await OpenFeatureWeb.setProviderAndWait(
    new OFREPWebProvider({ baseUrl: url, pollInterval: 0, headers: [['Authorization', `Bearer ${process.env.ATTUNE_WRITE_KEY}`]] }))
  const client = OpenFeatureWeb.getClient()
  assert.equal(client.getBooleanValue('bool-flag', true), false)
  for (const [state, expected] of [['on', true], ['off', false]]) {
    const changed = heard(ProviderEvents.ConfigurationChanged)
    const saved = performance.now()
    await api('PUT', '/flags/bool-flag', admin, flag({ on: true, off: false }, state))
    await changed
    const took = performance.now() - saved
    assert.equal(client.getBooleanValue('bool-flag', !expected), expected)
    assert.ok(took < 1000, `the change was heard of after ${took} ms`)
  }
  await OpenFeatureWeb.close()
}

console.log("OpenFeature's server and web clients agree with the flags that were saved")
