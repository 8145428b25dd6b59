import { expect, it } from 'vitest';
import { runCampaign } from '../../simulation/campaign.ts';
import { useTemplate } from './template.ts';

const template = useTemplate();

/** Fresh ones run in CI. These have run before: what they say is news about the change. */
it('simulation: 200 incidents of a fixed seed break no invariant', async () => {
  const campaign = { template: template(), runs: 200, seed: 20_261_002, workers: 2 };
  expect((await runCampaign(campaign)).failures).toEqual([]);
});
