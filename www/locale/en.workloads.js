// What clients may ask for by themselves, in English.

export default {
  "workload.none": "nothing",
  "workload.none.text": "Clients ask only when somebody, or the scenario, tells them to.",
  "workload.noClients": "There is no client that could ask.",
  "workload.byHand": "Nothing happens by itself in this scenario: switch to “by time” below the stage.",
  "workload.register": "a register",
  "workload.database": "a key-value store",
  "workload.bank": "a bank",
  "workload.file": "a file with a lock",
  "workload.queue": "a message queue",
  "workload.log": "an append-only log",
  "workload.proposals": "proposals",
};
