/** A thread of the benchmark: runs the incidents that it is given. */
import { serve } from '../simulation/threads.ts';
import { runBenchIncident } from './incident.ts';

serve(runBenchIncident);
