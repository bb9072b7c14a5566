import { fork, type ChildProcess } from 'node:child_process';
import * as vscode from 'vscode';
import type { AdapterLink } from '../background/adapter-link';

/** An adapter in a process of its own, spoken to over the channel that Node makes for it. */
export class ForkedAdapter implements AdapterLink {
  private readonly messages = new vscode.EventEmitter<object>();
  private readonly ends = new vscode.EventEmitter<void>();
  private readonly child: ChildProcess;
  readonly onMessage = this.messages.event;
  readonly onEnd = this.ends.event;

  /** @param script the command line */
  constructor(script: string) {
    this.child = fork(script, ['dap', '--ipc'], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
      // The desktop's executable is an Electron: so it is a Node.
      env: { ...process.env, ['ELECTRON_RUN_AS_NODE']: '1' },
    });
    this.child.on('message', (message) => {
      this.messages.fire(message as object);
    });
    const end = (): void => {
      this.ends.fire();
    };
    this.child.on('error', end).on('exit', end);
  }

  send(message: object): void {
    // What cannot be sent was for one that has ended, which is told by itself.
    this.child.send(message, () => undefined);
  }

  dispose(): void {
    this.child.removeAllListeners('exit');
    this.child.kill();
    this.messages.dispose();
    this.ends.dispose();
  }
}
