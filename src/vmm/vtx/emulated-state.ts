import { Field } from '../../isa/vmx/fields';
import { Gpr } from '../../isa/registers/general';
import { GUEST_SEGMENT_FIELDS } from '../../processor/vmx/segment-fields';
import type { EmulatedState } from '../emulator/instruction-emulator';
import type { GuestControls } from '../hardware/guest-paging';

/** The guest's registers, between the guest-state area of the VMCS and an emulator of instructions. */

/**
 * @param read VMREAD
 * @param controls as the guest knows them
 * @param gprs RAX … R15; RSP comes from the VMCS
 * @param cr2 which no VM exit saves
 * @param units the x87 and vector registers, which no VM exit saves either
 */
export function emulatedState(
  read: (field: Field) => bigint,
  { cr0, cr3, cr4, efer, pdptes }: GuestControls,
  gprs: readonly bigint[],
  cr2: bigint,
  units: Uint8Array,
): EmulatedState {
  return {
    registers: {
      gprs: gprs.map((value, index) => (index === Gpr.RSP ? read(Field.GUEST_RSP) : value)),
      rip: read(Field.GUEST_RIP),
      rflags: read(Field.GUEST_RFLAGS),
      cr0,
      cr3,
      cr4,
      efer,
      segments: GUEST_SEGMENT_FIELDS.map((fields) => ({
        selector: Number(read(fields.selector)),
        base: read(fields.base),
        limit: Number(read(fields.limit)),
        accessRights: Number(read(fields.accessRights)),
      })),
      gdtr: {
        base: read(Field.GUEST_GDTR_BASE),
        limit: Number(read(Field.GUEST_GDTR_LIMIT)),
      },
      idtr: {
        base: read(Field.GUEST_IDTR_BASE),
        limit: Number(read(Field.GUEST_IDTR_LIMIT)),
      },
      units,
    },
    cr2,
    dr7: read(Field.GUEST_DR7),
    pdptes,
    units,
  };
}

/** Writes back what an instruction in software can have changed, except for control registers. */
export function storeEmulatedState(
  write: (field: Field, value: bigint | number) => void,
  before: EmulatedState,
  after: EmulatedState,
): void {
  const { registers } = after;
  const put = (field: Field, was: bigint | number, is: bigint | number): void => {
    if (was !== is) write(field, is);
  };
  const old = before.registers;
  put(Field.GUEST_RSP, old.gprs[Gpr.RSP] ?? 0n, registers.gprs[Gpr.RSP] ?? 0n);
  put(Field.GUEST_RIP, old.rip, registers.rip);
  put(Field.GUEST_RFLAGS, old.rflags, registers.rflags);
  put(Field.GUEST_DR7, before.dr7, after.dr7);
  GUEST_SEGMENT_FIELDS.forEach((fields, index) => {
    const [was, is] = [old.segments[index], registers.segments[index]];
    if (!was || !is) return;
    put(fields.selector, was.selector, is.selector);
    put(fields.base, was.base, is.base);
    put(fields.limit, was.limit, is.limit);
    put(fields.accessRights, was.accessRights, is.accessRights);
  });
  put(Field.GUEST_GDTR_BASE, old.gdtr.base, registers.gdtr.base);
  put(Field.GUEST_GDTR_LIMIT, old.gdtr.limit, registers.gdtr.limit);
  put(Field.GUEST_IDTR_BASE, old.idtr.base, registers.idtr.base);
  put(Field.GUEST_IDTR_LIMIT, old.idtr.limit, registers.idtr.limit);
}
