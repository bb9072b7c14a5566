import { VmInstructionError } from '../../../../isa/vmx/instruction-errors';
import { Invvpid } from '../../../../isa/vmx/invvpid';
import { isValidEptp } from '../../../../processor/vmx/entry-checks';
import type { Handler } from '../../../operation';
import { invept as inveptOfHost, invvpid as invvpidOfHost } from '../../../operations';
import { fail, mayExecute, succeed } from '../answers';
import type { NestedVtx } from '../nested-vtx';
import { readMemoryOperand, registerOperand } from '../operands';
import { forgetShadowEpt } from '../operations';

/** What L1 says of translations of L2's (SDM 3C 31.3, INVEPT and INVVPID). */

const SINGLE_CONTEXT = 1n;
const ALL_CONTEXTS = 2n;
const VPID = 0xffffn;

/** L1 has changed its EPT: what was made of it is no longer so, whichever it was. */
export function* invept({ capabilities }: NestedVtx): Handler {
  if (!(yield* mayExecute())) return;
  const type = yield* registerOperand();
  const eptp = yield* readMemoryOperand(8);
  if (eptp === undefined) return;
  if (type !== ALL_CONTEXTS && (type !== SINGLE_CONTEXT || !isValidEptp(eptp, capabilities))) {
    yield* fail(VmInstructionError.INVALID_INVALIDATION_OPERAND);
    return;
  }
  yield forgetShadowEpt();
  yield inveptOfHost();
  yield* succeed();
}

/** L2's translations have one tag, whatever L1 calls it: more is forgotten than must be. */
export function* invvpid(): Handler {
  if (!(yield* mayExecute())) return;
  const type = yield* registerOperand();
  const vpid = yield* readMemoryOperand(8);
  const linear = vpid === undefined ? undefined : yield* readMemoryOperand(8, 8n);
  if (vpid === undefined || linear === undefined) return;
  if (!isValid(type, vpid, linear)) {
    yield* fail(VmInstructionError.INVALID_INVALIDATION_OPERAND);
    return;
  }
  yield invvpidOfHost('single-context');
  yield* succeed();
}

function isValid(type: bigint, vpid: bigint, linear: bigint): boolean {
  if (type > Invvpid['single-context, retaining globals'] || vpid & ~VPID) return false;
  if (type !== Invvpid['all-context'] && vpid === 0n) return false;
  const canonical = BigInt.asUintN(64, BigInt.asIntN(48, linear)) === linear;
  return type !== Invvpid['individual-address'] || canonical;
}
