/** Vectors of sui.md §1.2 and agreement with the SDK. */
import { expect } from 'chai';
import fc from 'fast-check';
import { fromBase58 as sdkFromBase58, toBase58 as sdkToBase58 } from '@mysten/bcs';
import { bcs } from '@mysten/sui/bcs';
import { deriveDynamicFieldID } from '@mysten/sui/utils';
import {
  GENESIS_MARKER,
  deriveDynamicFieldId,
  deriveObjectId,
  fromBase58,
  toBase58,
} from '../../../src/localnet/runtime/digests.js';
import { addressToBytes, bytesToAddress, compareBytes, fullAddress, readUleb } from '../../../src/localnet/runtime/bytes.js';
import { parseType, typeTagBytes, typeToText } from '../../../src/localnet/runtime/type-tags.js';

const digest = Buffer.from('3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532', 'hex');

describe('digests and object IDs', () => {
  it('derives the object IDs of the sheet', () => {
    expect(deriveObjectId(digest, 0n)).to.equal('0x381dd9078c322a4663c392761a0211b527c127b29583851217f948d62131f409');
    expect(deriveObjectId(digest, 1n)).to.equal('0xeefed4f2b7f6ad5f65d6ea2eef50b4f1d1e98c39ca8eecbc9736da801b8387e6');
    expect(deriveObjectId(new Uint8Array(32), 0n)).to.equal(
      '0x034401905bebdf8c04f3cd5f04f442a39372c8dc321c29edfb4f9cb30b23ab96',
    );
  });

  it('derives the dynamic field IDs of the sheet', () => {
    const key = bcs.u64().serialize(1n).toBytes();
    const parent = fullAddress('0x2');
    expect(deriveDynamicFieldId(parent, key, typeTagBytes({ kind: 'u64' }))).to.equal(
      '0x25dfc4941af0a0e49bfbeaa57dca9599d2fc392a502b08547ec62269cac62cb2',
    );
    const wrapper = parseType('0x2::dynamic_object_field::Wrapper<u64>');
    expect(deriveDynamicFieldId(parent, key, typeTagBytes(wrapper))).to.equal(
      '0xa3a1395c10504d75cb3c1a95460bcec950d4e1524f5cdea26b705f52803af28b',
    );
  });

  it('agrees with the SDK on dynamic fields of any type', () => {
    for (const type of ['u8', 'vector<u8>', 'vector<vector<address>>', '0x1::string::String', '0x2::m::T<u16,u32,u256,bool>']) {
      const key = new Uint8Array([3, 1, 2, 3]);
      expect(deriveDynamicFieldId(fullAddress('0x77'), key, typeTagBytes(parseType(type)))).to.equal(
        deriveDynamicFieldID('0x77', type, key),
      );
    }
  });

  it('writes Base58 as the SDK does', () => {
    expect(toBase58(GENESIS_MARKER)).to.equal('1'.repeat(32));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(toBase58(bytes)).to.equal(sdkToBase58(bytes));
        expect([...fromBase58(toBase58(bytes))]).to.deep.equal([...sdkFromBase58(sdkToBase58(bytes))]);
      }),
    );
    expect(() => fromBase58('0OIl')).to.throw(TypeError);
  });
});

describe('bytes', () => {
  it('turns addresses into bytes and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        expect([...addressToBytes(bytesToAddress(bytes))]).to.deep.equal([...bytes]);
      }),
    );
    expect(fullAddress('0xAb')).to.equal('0x' + 'ab'.padStart(64, '0'));
  });

  it('orders byte strings like Buffer.compare', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(Math.sign(compareBytes(a, b))).to.equal(Buffer.compare(a, b));
      }),
    );
  });

  it('reads canonical ULEB128 only', () => {
    expect(readUleb(new Uint8Array([0x80, 0x01]), 0)).to.deep.equal({ value: 128, next: 2 });
    expect(readUleb(new Uint8Array([0x80, 0x00]), 0)).to.equal(undefined);
    expect(readUleb(new Uint8Array([0x80]), 0)).to.equal(undefined);
    expect(readUleb(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x0f]), 0)).to.deep.equal({ value: 0xffffffff, next: 5 });
    expect(readUleb(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x10]), 0)).to.equal(undefined);
  });
});

describe('types', () => {
  it('agrees with the SDK on the BCS of type tags', () => {
    for (const text of [
      'bool', 'u8', 'u16', 'u32', 'u64', 'u128', 'u256', 'address', 'signer',
      'vector<vector<u8>>',
      '0x2::coin::Coin<0x2::sui::SUI>',
      '0xabc::m::Deep<vector<0x1::option::Option<u8>>, 0x2::a::B<bool, 0x3::c::D>>',
    ]) {
      expect([...typeTagBytes(parseType(text))]).to.deep.equal([...bcs.TypeTag.serialize(text).toBytes()]);
    }
  });

  it('prints canonical text', () => {
    const full = (short: string) => fullAddress(short);
    expect(typeToText(parseType('0x2::m::T< u8 , vector<0x1::a::B> >'))).to.equal(
      `${full('0x2')}::m::T<u8,vector<${full('0x1')}::a::B>>`,
    );
  });
});
