// Names of common emoji (Slack shows :name:) and their characters; a name that is not here stays as it was typed.

// Each line: name character, name character, …
const TABLE = [
  "+1 👍, thumbsup 👍, -1 👎, thumbsdown 👎, ok_hand 👌, wave 👋, clap 👏, pray 🙏, raised_hands 🙌, raised_hand ✋",
  "hand ✋, muscle 💪, point_up ☝️, point_up_2 👆, point_down 👇, point_left 👈, point_right 👉, v ✌️",
  "crossed_fingers 🤞, fist ✊, handshake 🤝, writing_hand ✍️, eyes 👀, ear 👂, brain 🧠",
  "smile 😄, smiley 😃, grinning 😀, grin 😁, laughing 😆, satisfied 😆, joy 😂, rolling_on_the_floor_laughing 🤣",
  "sweat_smile 😅, slightly_smiling_face 🙂, upside_down_face 🙃, wink 😉, blush 😊, innocent 😇, heart_eyes 😍",
  "kissing_heart 😘, yum 😋, sunglasses 😎, nerd_face 🤓, thinking_face 🤔, neutral_face 😐, expressionless 😑",
  "no_mouth 😶, smirk 😏, unamused 😒, face_with_rolling_eyes 🙄, relieved 😌, pensive 😔, sleeping 😴, sleepy 😪",
  "mask 😷, confused 😕, worried 😟, slightly_frowning_face 🙁, white_frowning_face ☹️, astonished 😲",
  "open_mouth 😮, flushed 😳, fearful 😨, cold_sweat 😰, cry 😢, sob 😭, scream 😱, disappointed 😞, sweat 😓",
  "weary 😩, tired_face 😫, triumph 😤, rage 😡, angry 😠, exploding_head 🤯, partying_face 🥳, hugging_face 🤗",
  "shushing_face 🤫, zipper_mouth_face 🤐, robot_face 🤖, ghost 👻, skull 💀, see_no_evil 🙈, hear_no_evil 🙉",
  "speak_no_evil 🙊, shrug 🤷, facepalm 🤦",
  "heart ❤️, orange_heart 🧡, yellow_heart 💛, green_heart 💚, blue_heart 💙, purple_heart 💜, broken_heart 💔",
  "sparkling_heart 💖, star ⭐, star2 🌟, sparkles ✨, zap ⚡, fire 🔥, boom 💥, collision 💥, 100 💯, tada 🎉",
  "confetti_ball 🎊, balloon 🎈, gift 🎁, birthday 🎂, trophy 🏆, medal 🏅, dart 🎯, rocket 🚀, rainbow 🌈",
  "white_check_mark ✅, heavy_check_mark ✔️, ballot_box_with_check ☑️, x ❌, negative_squared_cross_mark ❎",
  "heavy_multiplication_x ✖️, heavy_plus_sign ➕, heavy_minus_sign ➖, exclamation ❗",
  "heavy_exclamation_mark ❗, grey_exclamation ❕, question ❓, grey_question ❔, bangbang ‼️, interrobang ⁉️",
  "warning ⚠️, no_entry ⛔, no_entry_sign 🚫, octagonal_sign 🛑, rotating_light 🚨, sos 🆘",
  "information_source ℹ️, new 🆕, free 🆓, ok 🆗, recycle ♻️, infinity ♾️, copyright ©️, registered ®️, tm ™️",
  "red_circle 🔴, large_orange_circle 🟠, large_yellow_circle 🟡, large_green_circle 🟢, large_blue_circle 🔵",
  "large_purple_circle 🟣, large_brown_circle 🟤, white_circle ⚪, black_circle ⚫, large_red_square 🟥",
  "large_green_square 🟩, large_yellow_square 🟨, white_large_square ⬜, black_large_square ⬛",
  "small_blue_diamond 🔹, small_orange_diamond 🔸",
  "arrow_up ⬆️, arrow_down ⬇️, arrow_left ⬅️, arrow_right ➡️, arrow_upper_right ↗️, arrow_lower_right ↘️",
  "leftwards_arrow_with_hook ↩️, arrow_right_hook ↪️, arrows_counterclockwise 🔄, repeat 🔁, fast_forward ⏩",
  "rewind ⏪, arrow_forward ▶️, double_vertical_bar ⏸️, black_square_for_stop ⏹️",
  "iphone 📱, calling 📲, phone ☎️, telephone ☎️, telephone_receiver 📞, mobile_phone_off 📴, vibration_mode 📳",
  "signal_strength 📶, computer 💻, desktop_computer 🖥️, keyboard ⌨️, printer 🖨️, email 📧, e-mail 📧",
  "envelope ✉️, envelope_with_arrow 📩, incoming_envelope 📨, inbox_tray 📥, outbox_tray 📤, mailbox 📫",
  "mailbox_with_mail 📬, package 📦, postbox 📮, speech_balloon 💬, left_speech_bubble 🗨️, thought_balloon 💭",
  "loudspeaker 📢, mega 📣, bell 🔔, no_bell 🔕, satellite_antenna 📡, battery 🔋, electric_plug 🔌",
  "memo 📝, pencil 📝, pencil2 ✏️, clipboard 📋, page_facing_up 📄, page_with_curl 📃, bookmark_tabs 📑",
  "newspaper 📰, books 📚, book 📖, open_file_folder 📂, file_folder 📁, card_index 📇, card_index_dividers 🗂️",
  "chart_with_upwards_trend 📈, chart_with_downwards_trend 📉, bar_chart 📊, calendar 📆, date 📅",
  "spiral_calendar_pad 🗓️, pushpin 📌, round_pushpin 📍, paperclip 📎, link 🔗, scissors ✂️, wastebasket 🗑️",
  "lock 🔒, unlock 🔓, closed_lock_with_key 🔐, key 🔑, mag 🔍, mag_right 🔎, bulb 💡, flashlight 🔦, wrench 🔧",
  "hammer 🔨, hammer_and_wrench 🛠️, gear ⚙️, nut_and_bolt 🔩, toolbox 🧰, shield 🛡️, label 🏷️, bookmark 🔖",
  "moneybag 💰, euro 💶, dollar 💵, credit_card 💳, receipt 🧾, shopping_trolley 🛒, briefcase 💼",
  "hourglass ⌛, hourglass_flowing_sand ⏳, alarm_clock ⏰, stopwatch ⏱️, timer_clock ⏲️, watch ⌚, clock1 🕐",
  "clock3 🕒, clock9 🕘, zzz 💤, sunny ☀️, partly_sunny ⛅, cloud ☁️, rain_cloud 🌧️, umbrella ☔, snowflake ❄️",
  "crescent_moon 🌙, full_moon 🌕, earth_africa 🌍, globe_with_meridians 🌐",
  "bust_in_silhouette 👤, busts_in_silhouette 👥, man 👨, woman 👩, technologist 🧑‍💻, male-technologist 👨‍💻",
  "female-technologist 👩‍💻, guardsman 💂, cop 👮, hospital 🏥, house 🏠, office 🏢, factory 🏭, school 🏫, car 🚗",
  "truck 🚚, bus 🚌, train 🚋, airplane ✈️, bike 🚲, ship 🚢, coffee ☕, beer 🍺, beers 🍻, wine_glass 🍷, pizza 🍕",
  "cake 🍰, croissant 🥐, apple 🍎, dog 🐶, cat 🐱, bug 🐛, bee 🐝, snail 🐌, turtle 🐢, unicorn_face 🦄, tree 🌳",
  "seedling 🌱, four_leaf_clover 🍀, rose 🌹, sunflower 🌻",
  "fr 🇫🇷, gb 🇬🇧, uk 🇬🇧, us 🇺🇸, de 🇩🇪, es 🇪🇸, it 🇮🇹, be 🇧🇪, ch 🇨🇭, flag-fr 🇫🇷, flag-gb 🇬🇧, flag-us 🇺🇸",
  "flag-be 🇧🇪, flag-ch 🇨🇭, flag-eu 🇪🇺, checkered_flag 🏁, triangular_flag_on_post 🚩, one 1️⃣, two 2️⃣",
  "three 3️⃣, four 4️⃣, five 5️⃣, six 6️⃣, seven 7️⃣, eight 8️⃣, nine 9️⃣, zero 0️⃣, keycap_ten 🔟",
  "hash #️⃣",
];

const CHARACTERS = new Map(TABLE.flatMap((line) => line.split(", ").map((pair) => pair.split(" "))));
const TONES = ["🏻", "🏼", "🏽", "🏾", "🏿"];
const NAMED = /:([\w+'-]+(?:::skin-tone-[2-6])?):/g;

/** The character for "wave" or "wave::skin-tone-3"; undefined for a name that is not known here. */
export function emojiNamed(name) {
  const [base, tone] = name.split("::skin-tone-");
  const character = CHARACTERS.get(base);
  return character && tone ? character.replace("\ufe0f", "") + TONES[tone - 2] : character;
}

/** Words with every known :name: as its character. */
export function emojiIn(words) {
  let shown = "";
  let end = 0;
  for (let found = NAMED.exec(words); found; found = NAMED.exec(words)) {
    const character = emojiNamed(found[1]);
    if (!character) {
      NAMED.lastIndex -= 1; // the colon at its end may begin the next one
      continue;
    }
    shown += words.slice(end, found.index) + character;
    end = NAMED.lastIndex;
  }
  return shown + words.slice(end);
}
