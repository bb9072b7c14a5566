import { Field } from '../../isa/vmx/fields';
import { SEGMENT_SIZE, Segment, TR, segmentSlot, wordOf } from '../state/layout';
import { fieldWord, FIELD_WORDS } from './vmcs-layout';

/**
 * The segment registers of the guest-state area, between a VMCS region and the state. In the region
 * the fields of a kind lie one after the other, in the order of the registers (`vmcs-layout.ts`). (All
 * indices are within their arrays; see `FieldMoves`.)
 */

const SELECTORS = fieldWord(Field.GUEST_ES_SELECTOR);
const BASES = fieldWord(Field.GUEST_ES_BASE);
const LIMITS = fieldWord(Field.GUEST_ES_LIMIT);
const RIGHTS = fieldWord(Field.GUEST_ES_AR_BYTES);

const FIRST = wordOf(segmentSlot(0));
const STEP = wordOf(SEGMENT_SIZE);
const SELECTOR = wordOf(Segment.SELECTOR);
const BASE = wordOf(Segment.BASE);
const LIMIT = wordOf(Segment.LIMIT);
const ACCESS_RIGHTS = wordOf(Segment.ACCESS_RIGHTS);

export function loadSegments(state: Int32Array, vmcs: Int32Array): void {
  for (let index = 0; index <= TR; index++) {
    const slot = FIRST + STEP * index;
    const field = FIELD_WORDS * index;
    state[slot + SELECTOR] = vmcs[SELECTORS + field] as number;
    state[slot + BASE] = vmcs[BASES + field] as number;
    state[slot + BASE + 1] = vmcs[BASES + field + 1] as number;
    state[slot + LIMIT] = vmcs[LIMITS + field] as number;
    state[slot + ACCESS_RIGHTS] = vmcs[RIGHTS + field] as number;
  }
}

export function saveSegments(state: Int32Array, vmcs: Int32Array): void {
  for (let index = 0; index <= TR; index++) {
    const slot = FIRST + STEP * index;
    const field = FIELD_WORDS * index;
    vmcs[SELECTORS + field] = state[slot + SELECTOR] as number;
    vmcs[BASES + field] = state[slot + BASE] as number;
    vmcs[BASES + field + 1] = state[slot + BASE + 1] as number;
    vmcs[LIMITS + field] = state[slot + LIMIT] as number;
    vmcs[RIGHTS + field] = state[slot + ACCESS_RIGHTS] as number;
  }
}
