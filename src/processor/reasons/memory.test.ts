import { longMode, protectedMode } from '../modes.testing';
import {
  nothing,
  ring3,
  rax,
  both,
  row,
  derived,
  LOAD_EAX,
  STORE_EAX,
  testReasons,
} from './reasons.testing';
import { CS, DS } from '../state/layout';

describe('reasons of accesses to memory', () => {
  testReasons([
    row(
      'segment-unusable',
      'DS holds a null selector',
      protectedMode,
      both(({ state }) => {
        state.setSegment(DS, { selector: 0, base: 0n, limit: 0, accessRights: 0x10000 });
      }, derived),
      ...LOAD_EAX,
    ),
    row(
      'segment-limit',
      '4 bytes at offset 0x9000 are not within the limit 0xfff of DS',
      protectedMode,
      both(({ state }) => {
        state.setSegment(DS, { ...state.segment(DS), limit: 0xfff });
      }, derived),
      ...LOAD_EAX,
    ),
    row(
      'segment-not-writable',
      'The segment in DS (selector 0x10) is not writable',
      protectedMode,
      both(({ state }) => {
        state.setSegment(DS, { ...state.segment(DS), accessRights: 0xc091 });
      }, derived),
      ...STORE_EAX,
    ),
    row(
      'segment-not-readable',
      'The segment in DS (selector 0x10) is not readable',
      protectedMode,
      both(({ state }) => {
        state.setSegment(DS, { ...state.segment(DS), accessRights: 0xc099 });
      }, derived),
      ...LOAD_EAX,
    ),
    row(
      'not-canonical',
      'The linear address 0x800000000000 is not canonical',
      longMode,
      rax(0x800000000000n),
      0x8b,
      0x00,
    ),
    row(
      'alignment',
      'CR0.AM and RFLAGS.AC are 1 in ring 3, and 0x9001 is not aligned to 4 bytes',
      protectedMode,
      both(
        ring3,
        ({ state }) => {
          state.cr0 |= 1n << 18n;
          state.systemFlags |= 1n << 18n;
        },
        derived,
      ),
      0x8b,
      0x05,
      0x01,
      0x90,
      0x00,
      0x00,
    ),
    row(
      'operand-alignment',
      'The instruction wants its operand aligned to 16 bytes; it lies at 0x9008',
      longMode,
      nothing,
      0x48,
      0x0f,
      0xc7,
      0x0c,
      0x25,
      0x08,
      0x90,
      0x00,
      0x00,
    ),
    row(
      'fetch-limit',
      'The instruction at offset 0x8000 does not lie within the limit 0x7fff of CS',
      protectedMode,
      both(({ state }) => {
        state.setSegment(CS, { ...state.segment(CS), limit: 0x7fff });
      }, derived),
      0x90,
    ),
    row(
      'instruction-length',
      'The instruction, with its prefixes, is longer than 15 bytes',
      protectedMode,
      nothing,
      ...Array.from({ length: 15 }, () => 0x66),
      0x90,
    ),
  ]);
});
