export { process } from '../../../src/vscode/web/node';
