//! The rows of chats.

use super::{Kind, text};

const TELEGRAM_TOKEN: &str = "123456789:AbCdEfGhIjKlMnOpQrStUvWxYz012345678";

pub(super) const KINDS: &[Kind] = &[
    Kind {
        word: "slack",
        keys: |base| {
            format!("kind = \"slack\", token = \"xoxb-1\", channel = \"C0123456789\", api = \"{base}/slack\"")
        },
        path: "/slack/api/chat.postMessage",
        well: (200, r#"{"ok":true,"channel":"C0123456789","ts":"1503435956.000247"}"#),
        is_wire_form: |heard| {
            heard.header("authorization") == "Bearer xoxb-1" && text(heard, "/channel") == "C0123456789"
        },
        identity: |heard| text(heard, "/text"),
        ..Kind::NONE
    },
    Kind {
        word: "slack-hook",
        keys: |base| format!("kind = \"slack\", url = \"{base}/services/T0/B0/x\""),
        path: "/services/T0/B0/x",
        well: (200, "ok"),
        is_wire_form: |heard| {
            heard.header("authorization").is_empty() && text(heard, "/attachments/0/color") == "#c62828"
        },
        identity: |heard| text(heard, "/text"),
        ..Kind::NONE
    },
    Kind {
        word: "teams",
        keys: |base| format!("kind = \"teams\", url = \"{base}/teams\""),
        path: "/teams",
        well: (202, ""),
        is_wire_form: |heard| {
            text(heard, "/attachments/0/contentType") == "application/vnd.microsoft.card.adaptive"
                && text(heard, "/attachments/0/content/type") == "AdaptiveCard"
        },
        identity: |heard| text(heard, "/attachments/0/content/fallbackText"),
        ..Kind::NONE
    },
    Kind {
        word: "discord",
        keys: |base| format!("kind = \"discord\", url = \"{base}/discord\""),
        path: "/discord?wait=true",
        well: (200, r#"{"id":"1001"}"#),
        is_wire_form: |heard| text(heard, "/content").contains("#1") && !text(heard, "/embeds/0").is_empty(),
        identity: |heard| text(heard, "/content"),
        ..Kind::NONE
    },
    Kind {
        word: "telegram",
        keys: |base| {
            format!(
                "kind = \"telegram\", token = \"{TELEGRAM_TOKEN}\", chat = \"-1001\", api = \"{base}/telegram\""
            )
        },
        path: "/telegram/bot123456789:AbCdEfGhIjKlMnOpQrStUvWxYz012345678/sendMessage",
        well: (200, r#"{"ok":true,"result":{"message_id":5,"chat":{"id":-1001}}}"#),
        is_wire_form: |heard| {
            text(heard, "/chat_id") == "-1001"
                && text(heard, "/reply_markup/inline_keyboard/0/0/callback_data").starts_with("acknowledge:")
        },
        identity: |heard| text(heard, "/reply_markup/inline_keyboard/0/0/callback_data"),
        ..Kind::NONE
    },
    Kind {
        word: "mattermost",
        keys: |base| format!("kind = \"mattermost\", url = \"{base}/mattermost\""),
        path: "/mattermost",
        well: (200, "ok"),
        is_wire_form: |heard| {
            text(heard, "/text").contains("#1") && !text(heard, "/attachments/0/color").is_empty()
        },
        identity: |heard| text(heard, "/props/midwatch/message"),
        ..Kind::NONE
    },
    Kind {
        word: "google_chat",
        keys: |base| {
            format!("kind = \"google_chat\", url = \"{base}/v1/spaces/AAAA/messages?key=k&token=t\"")
        },
        path: "/v1/spaces/AAAA/messages?key=k&token=t&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD&requestId=*",
        well: (200, r#"{"name":"spaces/AAAA/messages/B.B","thread":{"name":"spaces/AAAA/threads/B"}}"#),
        is_wire_form: |heard| {
            text(heard, "/text").contains("#1")
                && !text(heard, "/cardsV2/0/card/sections").is_empty()
                && text(heard, "/thread/threadKey").len() == 36
        },
        identity: |heard| heard.path.rsplit('=').next().unwrap_or_default().to_owned(),
        ..Kind::NONE
    },
    Kind {
        word: "matrix",
        keys: |base| {
            format!("kind = \"matrix\", server = \"{base}/matrix\", token = \"t\", room = \"!r:example.org\"")
        },
        method: "PUT",
        path: "/matrix/_matrix/client/v3/rooms/!r:example.org/send/m.room.message/*",
        well: (200, r#"{"event_id":"$e"}"#),
        is_wire_form: |heard| {
            heard.header("authorization") == "Bearer t"
                && text(heard, "/msgtype") == "m.text"
                && text(heard, "/format") == "org.matrix.custom.html"
        },
        identity: |heard| heard.path.rsplit('/').next().unwrap_or_default().to_owned(),
        ..Kind::NONE
    },
];
