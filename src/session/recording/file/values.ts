import * as l10n from '@vscode/l10n';
import { parse, stringify } from 'devalue';
import { damaged } from './unreadable';

/**
 * Plain values as bytes: a text that devalue makes (it knows what JSON does not: undefined, big integers, maps, what is
 * there twice), and behind it, one after the other, the arrays of numbers, which the text only names.
 *
 *     offset  bytes
 *     0       4      the length of the text, little-endian
 *     4              the text, UTF-8
 *     …              the arrays
 */

const ARRAYS = {
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  BigUint64Array,
  BigInt64Array,
  Float64Array,
} as const;
type ArrayName = keyof typeof ARRAYS;
const NAMES = Object.keys(ARRAYS) as ArrayName[];
const LENGTH = 4;

export function encode(value: unknown): Uint8Array {
  const arrays: Uint8Array[] = [];
  const places = new Map<ArrayBufferView, readonly [ArrayName, number, number]>();
  let end = 0;
  const array = (each: unknown): unknown => {
    if (!ArrayBuffer.isView(each)) return undefined;
    const known = places.get(each);
    if (known) return known;
    const name = NAMES.find((one) => each instanceof ARRAYS[one]);
    if (!name) throw new TypeError('an array of numbers that recordings do not know');
    const bytes = new Uint8Array(each.buffer, each.byteOffset, each.byteLength);
    const place = [name, end, bytes.length] as const;
    places.set(each, place);
    arrays.push(bytes);
    end += bytes.length;
    return place;
  };
  const text = new TextEncoder().encode(stringify(value, { array }));
  const all = new Uint8Array(LENGTH + text.length + end);
  new DataView(all.buffer).setUint32(0, text.length, true);
  all.set(text, LENGTH);
  let at = LENGTH + text.length;
  for (const bytes of arrays) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}

/** @throws UnreadableRecording where these are no such bytes */
export function decode(all: Uint8Array): unknown {
  try {
    const length = new DataView(all.buffer, all.byteOffset, all.byteLength).getUint32(0, true);
    const behind = LENGTH + length;
    if (behind > all.length) throw new RangeError('the text ends behind the end');
    const text = new TextDecoder('utf-8', { fatal: true }).decode(all.subarray(LENGTH, behind));
    return parse(text, { array: (place: unknown) => arrayAt(all.subarray(behind), place) });
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw damaged(l10n.t('its content cannot be read ({0})', what));
  }
}

function arrayAt(arrays: Uint8Array, place: unknown): ArrayBufferView {
  const [name, at, length] = Array.isArray(place) ? (place as unknown[]) : [];
  const known = NAMES.find((one) => one === name);
  const isPlace = Number.isSafeInteger(at) && Number.isSafeInteger(length);
  if (!known || !isPlace) throw new TypeError('no array of numbers');
  const [from, size] = [at as number, length as number];
  if (from < 0 || size < 0 || from + size > arrays.length) throw new RangeError('no such bytes');
  return new ARRAYS[known](arrays.slice(from, from + size).buffer);
}
