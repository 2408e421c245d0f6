"""What can be measured from outside (Prometheus). No label holds a number, a text or a person."""

from prometheus_client import Counter, Gauge, Histogram

WEBHOOKS = Counter("sms_desk_webhooks", "Webhooks of the provider, by answer", ["kind", "status"])
EVENTS = Counter("sms_desk_events", "Webhooks whose effect is done", ["kind", "result"])
POSTS = Counter("sms_desk_posts", "Messages and edits that reached Slack, and tries that did not", ["result"])
SENDS = Counter("sms_desk_sends", "Campaigns by what became of them", ["state"])
UNKNOWN_RECEIPTS = Counter("sms_desk_receipts_of_unknown_campaigns", "Receipts for campaigns that are not ours")
CHECK_SECONDS = Histogram("sms_desk_check_seconds", "How long a check of the clock took", ["check"])
WAITING = Gauge("sms_desk_events_waiting", "Webhooks that wait for a worker")
OLDEST = Gauge("sms_desk_events_oldest_seconds", "Age of the oldest waiting webhook")
ASIDE = Gauge("sms_desk_events_aside", "Webhooks that were set aside")
POSTS_WAITING = Gauge("sms_desk_posts_waiting", "Messages that wait for their turn in Slack")
POSTS_OLDEST = Gauge("sms_desk_posts_oldest_seconds", "Age of the oldest message that waits for its turn in Slack")
