import { define } from "consensus-playground/inline";

define();
