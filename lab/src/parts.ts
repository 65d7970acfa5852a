// The parts of the page, in the order of the tabs: one row each.

import type { Part } from "./part";
import { descent } from "./parts/descent";
import { digits } from "./parts/digits";
import { graph } from "./parts/graph";
import { health } from "./parts/health";
import { playground } from "./parts/playground";
import { step } from "./parts/step";

export const PARTS: Part[] = [playground, step, graph, descent, digits, health];
