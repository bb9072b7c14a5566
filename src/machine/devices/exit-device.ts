import { ports, type PortDevice, type PortWidth } from './device';

/** A port by which a program ends its run with a result, as QEMU's isa-debug-exit. */
export interface ExitDeviceConfig {
  /** Default: 0xf4. */
  readonly port?: number;
  /** The program wrote this value. (QEMU makes of it the process exit status value * 2 + 1.) */
  readonly onExit: (value: number) => void;
}

export class ExitDevice implements PortDevice {
  readonly name = 'exit';
  readonly ports;

  constructor(private readonly config: ExitDeviceConfig) {
    const port = config.port ?? 0xf4;
    this.ports = [ports(port, port + 3, 4)];
  }

  readPort(): number {
    return 0;
  }

  writePort(_port: number, _width: PortWidth, value: number): void {
    this.config.onExit(value);
  }
}
