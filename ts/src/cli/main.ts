/** The command line: names, flags and help. Each command is loaded only when it runs, so help is instant. */
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { NodeOptions } from './commands/node.js';
import type * as NodeOperate from './commands/node-operate.js';
import { parseDuration } from './duration.js';
import { allowEarlyEnd, reportFailure } from './output.js';

const packageJson = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
  description: string;
};

/** Parses the arguments and runs the command. Sets the exit code; never throws. */
export async function run(argv: readonly string[]): Promise<void> {
  allowEarlyEnd();
  const program = new Command('haulout').description(packageJson.description).version(packageJson.version);
  program.showHelpAfterError('(run with --help for the options)');

  const demo = program
    .command('demo', { isDefault: false })
    .description('store a file on a network in this process, lose a part of its nodes, read it back')
    .option('--file <path>', 'file to store (default: a picture that comes with haulout)')
    .option('--nodes <count>', 'storage nodes', count(1, 100), 10)
    .option('--shards <count>', 'shards, spread evenly over the nodes', count(4, 1000), 100)
    .option('--kill <count>', 'nodes to stop before reading (default: as many as the code allows)', count(0, 100))
    .option('--seed <text>', 'seed of all keys: the same seed gives the same network', 'haulout')
    .addOption(frameworkOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/demo.js')).demo(options));
  demo
    .command('governance')
    .description('stakers change a parameter and upgrade the contracts while blobs are stored and read')
    // Options that the parent has too are given to it by the parser.
    .action(async (_, command: Command) => (await import('./commands/demo-governance.js')).demoGovernance(command.optsWithGlobals()));
  demo
    .command('slashing')
    .description('a node loses slivers and says nothing: an audit finds it out, and its stake shrinks')
    .action(async (_, command: Command) => (await import('./commands/demo-slashing.js')).demoSlashing(command.optsWithGlobals()));

  program
    .command('sui')
    .description('run a Sui network: gRPC-web services and a faucet, until Ctrl-C')
    .option('--port <port>', 'port of the gRPC services; 0 takes a free one', count(0, 65_535), 9000)
    .option('--faucet-port <port>', 'port of the faucet; 0 takes a free one', count(0, 65_535), 9123)
    .option('--data <dir>', 'directory that keeps the network: the next run goes on with it (default: memory only)')
    .addOption(frameworkOption())
    .addOption(new Option('--json', 'for machines: the first line of the output is one JSON value'))
    .action(async (options) => (await import('./commands/sui.js')).sui(options));

  program
    .command('up')
    .description('run a whole Walrus network: Sui, contracts, storage nodes in committee, until Ctrl-C')
    .option('--nodes <count>', 'storage nodes', count(1, 100), 10)
    .option('--shards <count>', 'shards, spread evenly over the nodes', count(4, 1000), 100)
    .option(
      '--port-base <port>',
      'fixed ports: gRPC here, then faucet and control, nodes from ten further on (default: free ports)',
      count(1, 65_425),
    )
    .option('--epoch <duration>', 'let epochs of this length run by themselves: 30s, 5m, 1d (default: by hand)', duration(1000))
    .option('--seed <text>', 'seed of all keys', 'haulout')
    .option('--data <dir>', 'folder that keeps the network: the next run goes on with it (default: nothing is kept)')
    .addOption(
      new Option('--fault <node=fault>', 'a fault on purpose, such as node-3=corrupt; may be repeated').argParser(
        (text: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), text],
      ),
    )
    .option('--audits', 'storage challenges: nodes prove every epoch that they hold their slivers, or lose stake')
    .addOption(frameworkOption())
    .addOption(new Option('--json', 'for machines: the output is one JSON line, printed when everything answers'))
    .action(async (options) => (await import('./commands/up.js')).up(options));
  program
    .command('status')
    .description('show the network that runs in this folder')
    .addOption(manifestOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/status.js')).status(options));
  program
    .command('fund')
    .description('give an account SUI and WAL on the network that runs in this folder')
    .argument('<address>')
    .option('--sui <amount>', 'SUI to give', coins, 1000n * 1_000_000_000n)
    .option('--wal <amount>', 'WAL to give', coins, 1000n * 1_000_000_000n)
    .addOption(manifestOption())
    .addOption(jsonOption())
    .action(async (address, options) => (await import('./commands/network.js')).fund(address, options));
  program
    .command('epoch')
    .description('epochs of the network that runs in this folder')
    .command('next')
    .description('enter the next epoch now')
    .addOption(manifestOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/network.js')).epochNext(options));
  program
    .command('down')
    .description('end the network that runs in this folder')
    .addOption(manifestOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/network.js')).down(options));

  program
    .command('deploy')
    .description('publish all contracts on a Sui network and create their objects; resumes where it was interrupted')
    .option('--rpc-url <url>', 'gRPC address of the network', 'http://127.0.0.1:9000')
    .option('--faucet-url <url>', 'faucet that pays for a new key (default: that of a local network)')
    .option('--key-file <file>', 'file with the key that pays, suiprivkey… (default: a key made in the output folder)')
    .option('--out <dir>', 'folder for the manifest, the client configuration and the journal', 'haulout-deployment')
    .option('--shards <count>', 'shards of the network', count(4, 65_535), 1000)
    .addOption(new Option('--epoch <duration>', 'length of an epoch').argParser(duration(1000)).default(14 * 86_400_000, '14d'))
    .addOption(new Option('--epoch-zero <duration>', 'how long nodes can register before the first committee').argParser(duration(0)).default(3_600_000, '1h'))
    .option('--max-epochs-ahead <count>', 'how far ahead storage can be bought', count(1, 1000), 53)
    .option('--exchange <wal>', 'WAL to put into an exchange, for test networks', coins)
    .option('--dry-run', 'rehearse on an embedded network: what it costs, step by step; nothing is sent')
    .addOption(frameworkOption())
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/deploy.js')).deploy(options));

  const node = program.command('node').description('a storage node as a program of its own, on any network');
  node
    .command('setup')
    .description('make keys, an account and a configuration')
    .requiredOption('--dir <folder>', 'where to put them')
    .requiredOption('--name <name>', 'name of the node on chain')
    .option('--manifest <file>', 'manifest of the network, from haulout up or haulout deploy: in place of the next five')
    .option('--rpc <url>', 'gRPC address of the network')
    .option('--system-object <id>', 'System object of the deployment')
    .option('--staking-object <id>', 'Staking object of the deployment')
    .option('--audit-package <id>', 'package of the storage challenges, if the network has them')
    .option('--audit-registry <id>', 'AuditRegistry object of the storage challenges')
    .option('--public-host <host>', 'how others reach the node', '127.0.0.1')
    .option('--port <port>', 'port of the API', count(1, 65_535), 9185)
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/node.js')).nodeSetup(options));
  node
    .command('register')
    .description('register the node on chain and stake with it')
    .requiredOption('--config <file>', 'configuration, TOML or JSON')
    .option('--stake <wal>', 'WAL to stake', coins, 1000n * 1_000_000_000n)
    .addOption(jsonOption())
    .action(async (options) => (await import('./commands/node.js')).nodeRegister(options));
  node
    .command('run')
    .description('run the node until Ctrl-C; logs are JSON lines on standard error')
    .requiredOption('--config <file>', 'configuration, TOML or JSON')
    .addOption(new Option('--json', 'for machines: the first line of the output is one JSON value'))
    .action(async (options) => (await import('./commands/node.js')).nodeRun(options));

  const operate = (name: string, description: string, run: (commands: typeof NodeOperate, options: NodeOptions) => Promise<void>) =>
    node
      .command(name)
      .description(description)
      .requiredOption('--config <file>', 'configuration, TOML or JSON')
      .addOption(jsonOption())
      .action(async (options: NodeOptions) => run(await import('./commands/node-operate.js'), options));
  operate('info', 'show stake, commission, shards and audits of the node', ({ nodeInfo }, options) => nodeInfo(options));
  operate('rotate-key', 'give the node another protocol key, in two steps', ({ nodeRotateKey }, options) => nodeRotateKey(options));
  operate('set-address', 'publish the address that the configuration names', ({ nodeSetAddress }, options) => nodeSetAddress(options));
  operate('collect-commission', 'have the commission paid out', ({ nodeCollectCommission }, options) => nodeCollectCommission(options));
  operate('unstake', 'take the stake back, as far as possible now; the node leaves', ({ nodeUnstake }, options) => nodeUnstake(options));

  const move = program.command('move').description('build and test Move packages, offline, with the real Sui compiler');
  move
    .command('build')
    .description('compile a package')
    .argument('[dir]', 'folder with Move.toml', '.')
    .addOption(frameworkOption())
    .option('--no-cache', 'compile even if nothing changed')
    .option('--lint', 'run the compiler lints too')
    .option('--out <folder>', 'write the modules there as .mv files')
    .addOption(jsonOption())
    .action(async (dir, options) => (await import('./commands/move.js')).moveBuild(dir, options));
  move
    .command('test')
    .description("run a package's unit tests")
    .argument('[dir]', 'folder with Move.toml', '.')
    .argument('[filter]', 'run only tests whose module::name contains this')
    .addOption(
      new Option('--vm <vm>', 'the real Move VM (default), or ours, which filters, measures, and where cryptography is real').choices([
        'sui',
        'haulout',
      ]),
    )
    .option('--coverage', 'measure coverage of lines, branches and functions')
    .option('--coverage-dir <dir>', 'folder for lcov.info and index.html (default: coverage in the current folder)')
    .option('--gas', 'print gas per function')
    .option('--trace [filter]', 'print the calls of tests that fail, or of those whose module::name contains this')
    .addOption(frameworkOption())
    .addOption(jsonOption())
    .action(async (dir, filter, options) => (await import('./commands/move-test.js')).moveTest(dir, filter, options));

  try {
    await program.parseAsync(argv);
  } catch (error) {
    reportFailure(error);
  }
}

function frameworkOption(): Option {
  return new Option('--framework <dir>', 'folder with move-stdlib/ and sui-framework/ to use instead of ours');
}

function jsonOption(): Option {
  return new Option('--json', 'for machines: the last line of the output is one JSON value');
}

function manifestOption(): Option {
  return new Option('--manifest <file>', 'the network to use, when it was started elsewhere or several run');
}

/** A duration of at least so many milliseconds. */
function duration(minMs: number): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (ms === undefined || ms < minMs) {
      throw new InvalidArgumentError(`it has to be a duration of at least ${minMs} ms: 30s, 5m, 1d.`);
    }
    return ms;
  };
}

/** An amount of SUI or WAL with up to nine decimals; answers 10⁻⁹ of them. */
function coins(text: string): bigint {
  const [, whole, fraction = ''] = /^(\d{1,10})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (whole === undefined) throw new InvalidArgumentError('it has to be an amount like 5 or 0.25.');
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** A whole number between two bounds. */
function count(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`it has to be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}
