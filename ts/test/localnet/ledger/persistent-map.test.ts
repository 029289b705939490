/** The persistent map against a plain `Map`, with snapshots at any point. */
import { expect } from 'chai';
import fc from 'fast-check';
import { PersistentMap, type FrozenMap } from '../../../src/localnet/ledger/persistent-map.js';

type Step =
  | { readonly kind: 'set'; readonly key: string; readonly value: number }
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'freeze' }
  | { readonly kind: 'restore'; readonly index: number };

// 'costarring' and 'liquid' have the same FNV-1a hash, as have 'declinate' and 'macallums'.
const key = fc.oneof(
  fc.constantFrom('costarring', 'liquid', 'declinate', 'macallums', ''),
  fc.nat(40).map((n) => `key ${n}`),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('set' as const), key, value: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'freeze' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore' as const), index: fc.nat(5) }) },
);

describe('PersistentMap', () => {
  it('does what a Map does and goes back to any snapshot', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const map = new PersistentMap<number>();
        let model = new Map<string, number>();
        const frozen: { map: FrozenMap<number>; model: Map<string, number> }[] = [];
        for (const action of steps) {
          switch (action.kind) {
            case 'set':
              map.set(action.key, action.value);
              model.set(action.key, action.value);
              break;
            case 'delete':
              expect(map.delete(action.key)).to.equal(model.delete(action.key));
              break;
            case 'freeze':
              frozen.push({ map: map.freeze(), model: new Map(model) });
              break;
            case 'restore': {
              const snapshot = frozen[action.index % Math.max(frozen.length, 1)];
              if (!snapshot) break;
              map.restore(snapshot.map);
              model = new Map(snapshot.model);
              break;
            }
          }
          expect(map.size).to.equal(model.size);
        }
        expect(new Map(map.entries())).to.deep.equal(model);
        for (const [name, value] of model) expect(map.get(name)).to.equal(value);
        for (const snapshot of frozen) {
          expect(new Map(new PersistentMap(snapshot.map).entries())).to.deep.equal(snapshot.model);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('freezes and restores a large map at once', () => {
    const map = new PersistentMap<number>();
    for (let i = 0; i < 100_000; i++) map.set(`0x${i.toString(16).padStart(64, '0')}`, i);
    const started = performance.now();
    const frozen = map.freeze();
    map.set('another', 1);
    map.restore(frozen);
    expect(performance.now() - started).to.be.lessThan(5);
    expect(map.size).to.equal(100_000);
    expect(map.get('another')).to.equal(undefined);
  });
});
