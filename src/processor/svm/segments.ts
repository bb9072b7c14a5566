import { AccessRights, SegmentType } from '../../isa/access-rights';
import { CS, LDTR, SS, TR } from '../state/layout';
import { UNUSABLE, type CpuState, type SegmentRegister } from '../state/cpu-state';
import { canonical } from './canonical';
import type { Vmcb } from './vmcb';

/** Segment registers between the processor and a VMCB (APM 2 15.5.1, table B-2). */

const NAMES = ['ES', 'CS', 'SS', 'DS', 'FS', 'GS', 'LDTR', 'TR'] as const;

/** Bits 7:0 of the access rights stand where they stand in a VMCB; the upper ones do 4 bits lower there. */
const LOW = 0xff;
const HIGH = 0xf00;
const HIGH_SHIFT = 4;

/** A segment that is not present is one that was loaded with a null selector. */
const rightsOf = (attributes: number): number =>
  (attributes & LOW) |
  ((attributes & HIGH) << HIGH_SHIFT) |
  (attributes & AccessRights.P ? 0 : UNUSABLE);

const attributesOf = (rights: number): number =>
  (rights & UNUSABLE ? rights & LOW & ~AccessRights.P : rights & LOW) |
  ((rights >> HIGH_SHIFT) & HIGH);

/** A segment register as a VMCB holds it. */
export function readSegment(vmcb: Vmcb, index: number): SegmentRegister {
  const name = NAMES[index] ?? 'ES';
  return {
    selector: vmcb.readNumber(`${name}_SELECTOR`),
    base: canonical(vmcb.read(`${name}_BASE`)),
    limit: vmcb.readNumber(`${name}_LIMIT`),
    accessRights: rightsOf(vmcb.readNumber(`${name}_ATTRIB`)),
  };
}

export function writeSegment(state: CpuState, vmcb: Vmcb, index: number): void {
  putSegment(vmcb, index, state.segment(index));
}

/** Whoever calls tells the watchers of memory (`Vmcb.written`). */
export function putSegment(
  vmcb: Vmcb,
  index: number,
  { selector, base, limit, accessRights }: SegmentRegister,
): void {
  const name = NAMES[index] ?? 'ES';
  vmcb.put(`${name}_SELECTOR`, selector);
  vmcb.put(`${name}_ATTRIB`, attributesOf(accessRights));
  vmcb.put(`${name}_LIMIT`, limit);
  vmcb.put(`${name}_BASE`, base);
}

/**
 * ES, CS, SS and DS of a guest. Of CS only D, L and R are observed; the privilege level is the one that the VMCB has
 * beside the segments.
 */
export function loadGuestSegments(state: CpuState, vmcb: Vmcb, cpl: number): void {
  const real = state.realStyleSegments;
  for (let index = 0; index <= 3; index++) {
    const register = readSegment(vmcb, index);
    if (real) register.accessRights &= ~UNUSABLE;
    if (index === CS) {
      register.accessRights |= AccessRights.P | AccessRights.S | SegmentType.CODE;
      register.accessRights &= ~UNUSABLE;
    }
    if (index === SS) {
      register.accessRights &= ~AccessRights.DPL;
      register.accessRights |= cpl << AccessRights.DPL_SHIFT;
    }
    state.setSegment(index, register);
  }
}

/** What VMRUN and #VMEXIT leave to VMLOAD and VMSAVE. */
export const LEFT_SEGMENTS = [4, 5, LDTR, TR] as const;
