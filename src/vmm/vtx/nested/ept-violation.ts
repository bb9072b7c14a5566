import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { Field } from '../../../isa/vmx/fields';
import { EptViolation } from '../../../isa/vmx/qualification';
import { SecondaryControl } from '../../../isa/vmx/controls';
import { doInSoftware } from '../../hardware/exits/in-software';
import type { Handler } from '../../operation';
import { invept, stopGuest, vmread } from '../../operations';
import { handleEptViolation } from '../exits/ept-violation';
import { reinjectInterruptedEvent } from '../inject';
import type { VtxVcpu } from '../vtx-vcpu';
import { usesSecondary } from './controls';
import { passOnAs } from './leave';
import type { NestedVtx } from './nested-vtx';
import { fillShadowEpt, walkEpt12 } from './operations';
import { unpackWalk, type WalkedEpt } from './walked-ept';

/** In the exit qualification: an instruction was fetched (SDM 3C table 28-7). */
const FETCH = 4n;
const ALLOWED = BigInt(EptViolation.READABLE * 7);

/**
 * The EPT by which L2 runs has nothing for an access. Where L1's EPT leads on, the two have only to be put together, and L1
 * is not told; where it does not, the VM exit is L1's.
 */
export function* handleL2EptViolation(vcpu: VtxVcpu, nested: NestedVtx): Handler {
  if (!(yield* usesSecondary(SecondaryControl.ENABLE_EPT))) {
    yield* handleEptViolation(vcpu);
    return;
  }
  const address = yield vmread(Field.GUEST_PHYSICAL_ADDRESS);
  const qualification = yield vmread(Field.EXIT_QUALIFICATION);
  const word = yield walkEpt12(address, qualification);
  const walked = unpackWalk(word);
  if (walked.kind !== 'translation') {
    yield* tellL1(vcpu, nested, address, qualification, walked);
    return;
  }
  if ((yield fillShadowEpt(address, word, qualification)) === 1n) {
    yield invept();
    yield* reinjectInterruptedEvent();
    return;
  }
  if (qualification & FETCH) {
    const failure = { kind: 'fetch-outside-memory', address: walked.page } as const;
    yield stopGuest({ kind: 'failure', failure });
    return;
  }
  yield* doInSoftware(vcpu, ExitReason.EPT_VIOLATION); // memory-mapped I/O
}

/** What the qualification tells of rights is what L1's tables allow. */
function* tellL1(
  vcpu: VtxVcpu,
  nested: NestedVtx,
  address: bigint,
  qualification: bigint,
  { kind, rights }: WalkedEpt,
): Handler {
  const linear = yield vmread(Field.GUEST_LINEAR_ADDRESS);
  const vectoring = yield vmread(Field.IDT_VECTORING_INFO);
  const errorCode = yield vmread(Field.IDT_VECTORING_ERROR_CODE);
  const length = yield vmread(Field.VM_EXIT_INSTRUCTION_LEN);
  const violation = kind === 'violation';
  const allowed = BigInt(rights * EptViolation.READABLE);
  yield* passOnAs(
    vcpu,
    nested,
    violation ? ExitReason.EPT_VIOLATION : ExitReason.EPT_MISCONFIGURATION,
    [
      [Field.GUEST_PHYSICAL_ADDRESS, address],
      [Field.GUEST_LINEAR_ADDRESS, linear],
      [Field.EXIT_QUALIFICATION, violation ? (qualification & ~ALLOWED) | allowed : 0n],
      [Field.IDT_VECTORING_INFO, vectoring],
      [Field.IDT_VECTORING_ERROR_CODE, errorCode],
      [Field.VM_EXIT_INSTRUCTION_LEN, length],
    ],
  );
}
