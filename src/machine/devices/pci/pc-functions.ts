import { LINEAR_FRAME_BUFFER, VBE_MEMORY } from '../vga/vbe';
import { ConfigurationSpace } from './configuration-space';
import type { PlacedFunction } from './pci-bus';
import { Command, Status, type PciFunction } from './pci-function';

/** What is on the PCI bus of this PC: the chips of Intel's 440FX set that it is made of, and the VGA. */

const INTEL = 0x8086;
/** The vendor of Bochs and QEMU's VGA. */
const BOCHS = 0x1234;

/** PIIX3's PIRQ route control (Intel 290550): which interrupt request an interrupt pin of the bus becomes. */
const PIRQ = { FIRST: 0x60, COUNT: 4, DISABLED: 0x80, WRITABLE: 0x8f } as const;
/** Those that do more than to be configured. */
export interface WorkingFunctions {
  readonly hostBridge: PciFunction;
  readonly ide: PciFunction;
  readonly power: PciFunction;
  readonly vga: PciFunction;
}

export const pcFunctions = ({
  hostBridge,
  ide,
  power,
  vga,
}: WorkingFunctions): readonly PlacedFunction[] => [
  { device: 0, function: 0, at: hostBridge },
  { device: 1, function: 0, at: isaBridge() },
  { device: 1, function: 1, at: ide },
  { device: 1, function: 3, at: power },
  { device: 2, function: 0, at: vga },
];

/** 82371SB (PIIX3), function 0. */
const isaBridge = (): ConfigurationSpace =>
  new ConfigurationSpace({
    name: 'isa-bridge',
    vendor: INTEL,
    device: 0x7000,
    classCode: 0x06_0100,
    status: Status.DEVSEL_MEDIUM,
    multifunction: true,
    registers: Array.from({ length: PIRQ.COUNT }, (_, n) => ({
      offset: PIRQ.FIRST + n,
      bytes: 1,
      reset: PIRQ.DISABLED,
      writable: PIRQ.WRITABLE,
    })),
  });

/**
 * The VGA: base address register 0 places its linear frame buffer. It answers before firmware has placed it, for programs
 * that are started without any.
 *
 * @param onChange it may lie elsewhere
 */
export const vgaFunction = (onChange: () => void): ConfigurationSpace =>
  new ConfigurationSpace({
    name: 'vga',
    vendor: BOCHS,
    device: 0x1111,
    revision: 2,
    classCode: 0x03_0000,
    command: Command.IO | Command.MEMORY,
    bases: [
      {
        bar: 0,
        space: 'memory',
        size: VBE_MEMORY,
        prefetchable: true,
        reset: LINEAR_FRAME_BUFFER,
      },
    ],
    onChange,
  });
