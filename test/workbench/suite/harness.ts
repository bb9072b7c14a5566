import type MochaClass from 'mocha';

/** Lines of the suite among those of the workbench. */
export const PREFIX = '[ringside-test] ';

interface Runner {
  on(event: string, listener: (test: { fullTitle(): string }, error?: Error) => void): void;
}

/**
 * Runs the suites and reports each test on the console, which VS Code hands on to the runner outside.
 * The same in both extension hosts, which have no terminal.
 */
export function runSuites(mocha: MochaClass, load: () => void): Promise<void> {
  const say = (text: string): void => {
    console.log(`${PREFIX}${text}`);
  };
  // mocha calls it with `new`; a function does.
  // eslint-disable-next-line @typescript-eslint/naming-convention -- a constructor
  function Reporter(runner: Runner): void {
    runner.on('pass', (test) => {
      say(`PASS ${test.fullTitle()}`);
    });
    runner.on('fail', (test, error) => {
      say(`FAIL ${test.fullTitle()}\n${error?.stack ?? String(error)}`);
    });
  }
  mocha.reporter(Reporter as never);
  mocha.suite.emit('pre-require', globalThis as never, '', mocha);
  load();
  return new Promise((resolve, reject) => {
    mocha.run((failures) => {
      say('END');
      if (failures > 0) reject(new Error(`${failures} failed`));
      else resolve();
    });
  });
}
