import type { Translations } from '../../hardware/translations';
import { PDPTE_REGISTERS, type VcpuRegister } from '../../hardware/vcpu-area';
import type { Handler } from '../../operation';
import { mappingsChanged, readVcpu, shadowRoot, writeVcpu } from '../../operations';
import { writeVmcb } from '../operations';
import { enteredEfer } from './entered';
import type { SvmPaging } from './svm-paging';

/**
 * With shadow paging the guest has control registers of which the processor gets others: see `entered.ts`. SVM has no read
 * shadows as VT-x has, so that the guest's lie with the monitor, and reading them exits, too.
 */

function* kept(register: VcpuRegister): Handler<bigint> {
  return yield readVcpu(register);
}

/** CR3 gets the root of the shadow tables for the guest's address space, which are kept from the last time. */
export function* loadShadowRoot(translations: Translations): Handler {
  const root = yield shadowRoot();
  yield writeVmcb('CR3', root);
  yield* translations.forgetAll();
}

function* setEfer(value: bigint): Handler {
  yield writeVcpu('efer', value);
  yield writeVmcb('EFER', enteredEfer(value));
}

function* setPdptes(entries: readonly bigint[]): Handler {
  for (const [n, which] of PDPTE_REGISTERS.entries()) yield writeVcpu(which, entries[n] ?? 0n);
}

export const shadowPaging = (translations: Translations): SvmPaging => ({
  name: 'shadow',
  translations,
  cr0: () => kept('cr0'),
  cr3: () => kept('cr3'),
  cr4: () => kept('cr4'),
  efer: () => kept('efer'),
  *setCr3(value) {
    yield writeVcpu('cr3', value);
    yield* loadShadowRoot(translations);
  },
  setEfer,
  setPdptes,
  /** Entries have been cleared, or the guest's control registers are others: the processor must not use what it knows. */
  *follow() {
    const changed = yield mappingsChanged();
    if (changed === 1n) yield* loadShadowRoot(translations);
  },
});
