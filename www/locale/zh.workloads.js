// What clients may ask for by themselves, in simplified Chinese.

export default {
  "workload.none": "无",
  "workload.none.text": "只有在你或场景要求时，客户端才会发出请求。",
  "workload.noClients": "没有可以发出请求的客户端。",
  "workload.byHand": "此场景中没有任何事会自动发生：请在画面下方改为“按时间”。",
  "workload.register": "寄存器",
  "workload.database": "键值存储",
  "workload.bank": "银行",
  "workload.file": "带锁的文件",
  "workload.queue": "消息队列",
  "workload.log": "只追加的日志",
  "workload.proposals": "提案",
};
