"""Emoji that the stand-in knows by Slack's names, and those that its workspace made itself."""

# Each line: name character, name character, … The first name of a character is the one that Slack gives it.
_TABLE = (
    "+1 👍, thumbsup 👍, -1 👎, thumbsdown 👎, ok_hand 👌, wave 👋, clap 👏, pray 🙏, raised_hands 🙌, muscle 💪",
    "point_up ☝️, point_right 👉, crossed_fingers 🤞, handshake 🤝, eyes 👀",
    "smile 😄, smiley 😃, grinning 😀, grin 😁, laughing 😆, satisfied 😆, joy 😂, rolling_on_the_floor_laughing 🤣",
    "sweat_smile 😅, slightly_smiling_face 🙂, upside_down_face 🙃, wink 😉, blush 😊, innocent 😇, heart_eyes 😍",
    "kissing_heart 😘, yum 😋, sunglasses 😎, thinking_face 🤔, neutral_face 😐, relieved 😌, pensive 😔, confused 😕",
    "slightly_frowning_face 🙁, open_mouth 😮, cry 😢, sob 😭, scream 😱, rage 😡, partying_face 🥳, hugging_face 🤗",
    "heart ❤️, orange_heart 🧡, yellow_heart 💛, green_heart 💚, blue_heart 💙, purple_heart 💜, broken_heart 💔",
    "star ⭐, sparkles ✨, zap ⚡, fire 🔥, 100 💯, tada 🎉, confetti_ball 🎊, balloon 🎈, gift 🎁, rocket 🚀",
    "white_check_mark ✅, heavy_check_mark ✔️, x ❌, warning ⚠️, no_entry_sign 🚫, red_circle 🔴, large_blue_circle 🔵",
    "iphone 📱, telephone_receiver 📞, email 📧, e-mail 📧, envelope ✉️, package 📦, speech_balloon 💬, bell 🔔",
    "memo 📝, pencil 📝, calendar 📆, date 📅, pushpin 📌, round_pushpin 📍, lock 🔒, key 🔑, bulb 💡",
    "hourglass_flowing_sand ⏳, alarm_clock ⏰, sunny ☀️, umbrella ☔, snowflake ❄️, euro 💶",
    "coffee ☕, croissant 🥐, pizza 🍕, cake 🍰, birthday 🎂, dog 🐶, cat 🐱, rose 🌹, four_leaf_clover 🍀",
)

STANDARD = {name: character for line in _TABLE for name, character in (pair.split() for pair in line.split(", "))}
OWN = {"party_parrot"}  # pictures that only this workspace has: no character stands for them
NAMES = {character: name for name, character in reversed(STANDARD.items())}

_TONE = 0x1F3FB - 2  # Slack counts skin tones from 2 to 6


def points(name: str, tone: int | None = None) -> str:
    """The code points of a standard emoji as Slack writes them: hex, joined by ``-``."""
    codes = [ord(letter) for letter in STANDARD[name]]
    if tone:
        codes = [codes[0], tone + _TONE]
    return "-".join(f"{code:x}" for code in codes)
