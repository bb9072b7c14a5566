import { ports, type PortDevice } from './device';

/** A port that prints the bytes written to it, as that of Bochs and QEMU. */
export interface DebugConsoleConfig {
  /** Default: 0xe9. */
  readonly port?: number;
  readonly onByte: (byte: number) => void;
}

export class DebugConsole implements PortDevice {
  readonly name = 'debug-console';
  readonly ports;

  constructor(private readonly config: DebugConsoleConfig) {
    this.ports = [ports(config.port ?? 0xe9)];
  }

  /** Reads give 0xe9, by which programs find out that it is there. */
  readPort(): number {
    return 0xe9;
  }

  writePort(_port: number, _width: number, value: number): void {
    this.config.onByte(value);
  }
}
