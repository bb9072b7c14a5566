import { Computer } from '../machine/computer';
import type { PlatformEvents } from '../machine/platform';
import { realModeSegment } from '../processor/segments/descriptor';
import { INTERCEPTS, createVirtualMachine, type VirtualMachine } from '../vmm';
import type { BootImage } from './image';

/** A machine with its guest loaded. */
export type Machine = VirtualMachine | { readonly computer: Computer };

export interface MachineOptions {
  readonly monitor: 'vtx' | 'none';
  readonly memory: number;
  readonly events: PlatformEvents;
}

export function buildMachine(image: BootImage, options: MachineOptions): Machine {
  return options.monitor === 'none' ? bareMachine(image, options) : guestMachine(image, options);
}

function guestMachine(image: BootImage, options: MachineOptions): Machine {
  const vm = createVirtualMachine({
    memory: options.memory,
    allocation: 'eager',
    intercepts: INTERCEPTS,
    entry: image.address,
    events: options.events,
  });
  vm.guestMemory.writeBytes(BigInt(image.address), image.bytes);
  vm.monitor.boot();
  if (image.drive !== undefined) vm.computer.processor.state.setGpr(2, BigInt(image.drive));
  return vm;
}

/** The program on the bare computer, in the state that firmware leaves. */
function bareMachine(image: BootImage, options: MachineOptions): Machine {
  const computer = new Computer({ memory: options.memory, events: options.events });
  computer.memory.writeBytes(image.address, image.bytes);
  const { state } = computer.processor;
  for (let index = 0; index < 6; index++) {
    state.setSegment(index, realModeSegment(state.segment(index), 0, false));
  }
  state.rip = BigInt(image.address);
  for (let index = 0; index < 16; index++) state.setGpr(index, 0n);
  state.setGpr(4, BigInt(image.address));
  if (image.drive !== undefined) state.setGpr(2, BigInt(image.drive));
  computer.processor.updateDerivedState();
  return { computer };
}
