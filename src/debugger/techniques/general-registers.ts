import * as l10n from '@vscode/l10n';
import type { Processor } from '../../processor/processor';

/** Where a guest's general registers lie while it does not run: hardware does not switch them. */
export interface GeneralRegisters {
  read(index: number): bigint;
  /** @throws RangeError that says why they cannot be changed */
  write(index: number, value: bigint): void;
}

/** Still in the processor: nobody has saved them yet. */
export const inProcessor = (cpu: Processor): GeneralRegisters => ({
  read: (index) => cpu.state.gpr(index),
  write: (index, value) => {
    cpu.state.setGpr(index, value);
  },
});

/** In the built-in monitor's save area, at a host-physical address. */
export const inSaveArea = (cpu: Processor, address: number): GeneralRegisters => ({
  read: (index) => cpu.physical.read64(address + index * 8),
  write: (index, value) => {
    cpu.physical.write64(address + index * 8, value);
  },
});

/** As they were at a VM exit: where a hypervisor of the user's own has saved them nobody else knows. */
export const asAtExit = (values: BigUint64Array): GeneralRegisters => ({
  read: (index) => values[index] ?? 0n,
  write: () => {
    throw new RangeError(
      l10n.t(
        'the hypervisor keeps the guest’s general registers: change them where it has saved them',
      ),
    );
  },
});
