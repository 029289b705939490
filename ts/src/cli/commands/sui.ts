/** `haulout sui`: the embedded Sui network on two ports, until Ctrl-C. */
import colors from 'picocolors';
import { LocalNet, serveLocalNet } from '../../localnet/index.js';
import { json, line, portFailure } from '../output.js';
import { catchInterruption } from '../signals.js';

export interface SuiOptions {
  readonly port: number;
  readonly faucetPort: number;
  readonly framework?: string;
  /** Directory that keeps the network. */
  readonly data?: string;
  readonly json?: boolean;
}

export async function sui(options: SuiOptions): Promise<void> {
  const interruption = catchInterruption();
  const net = await LocalNet.start({
    genesisTimeMs: Date.now(),
    ...(options.framework === undefined ? {} : { framework: options.framework }),
    ...(options.data === undefined ? {} : { data: options.data }),
    onDataFailure: () => interruption.stop(),
  });
  const served = await serveLocalNet(net, {
    port: options.port,
    faucetPort: options.faucetPort,
    nowMs: () => performance.now(),
  }).catch(async (error: unknown) => {
    await net.stop();
    throw portFailure(error, 'choose other ports with --port and --faucet-port; 0 takes free ones');
  });
  const { chainId } = net.ledger;
  if (options.json) {
    json({ rpcUrl: served.rpcUrl, faucetUrl: served.faucetUrl, chainId });
  } else {
    line(colors.bold('A Sui network of your own'));
    line(`  gRPC    ${colors.cyan(served.rpcUrl)}   new SuiGrpcClient({ network: 'localnet', baseUrl: '${served.rpcUrl}' })`);
    line(`  faucet  ${colors.cyan(served.faucetUrl)}`);
    line(`  chain   ${chainId}`);
    if (options.data !== undefined) {
      line(`  data    ${options.data}   checkpoint ${net.ledger.latestCheckpoint.sequenceNumber}, epoch ${net.ledger.epoch.epoch}`);
    }
    line(colors.dim('Ctrl-C ends it.'));
  }
  await interruption.received;
  await served.close();
  await net.stop();
}
