import 'mocha/mocha.js';
import type MochaClass from 'mocha';
import { env } from 'vscode';
import { activationSuite } from './activation';
import { chineseSuite } from './chinese';
import { comparisonSuite } from './comparison';
import { debuggingSuite } from './debugging';
import { doctorSuite } from './doctor';
import { editedSuite } from './edited';
import { editingSuite } from './editing';
import { firstMinutesSuite } from './first-minutes';
import { runSuites } from './harness';
import { languageSuite } from './language';
import { executedSuite } from './executed';
import { pageWalkSuite } from './page-walk';
import { pastSuite } from './past';
import { screenSuite } from './screen';
import { watchSessions } from './session';
import { timelineSuite } from './timeline';
import { viewsSuite } from './views';

declare const mocha: MochaClass & { setup(options: MochaClass.MochaOptions): void };

/** The suites in the web extension host: a worker of the browser. */
function run(): Promise<void> {
  watchSessions();
  mocha.setup({ ui: 'bdd', timeout: 30_000 });
  return runSuites(mocha, () => {
    activationSuite('worker');
    if (env.language === 'zh-cn') {
      chineseSuite();
      return;
    }
    debuggingSuite();
    firstMinutesSuite();
    pastSuite();
    executedSuite();
    editedSuite();
    timelineSuite();
    pageWalkSuite();
    viewsSuite();
    screenSuite();
    comparisonSuite();
    doctorSuite();
    editingSuite();
    languageSuite();
  });
}

// mocha's own bundle takes `module.exports` for itself: ours goes there after it.
module.exports = { run };
