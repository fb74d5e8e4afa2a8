/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_incr (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "INCR n", ":1\r\n" },
    { "INCR n", ":2\r\n" },
    { "DECR n", ":1\r\n" },
    { "DECR m", ":-1\r\n" },
    { "INCRBY n 41", ":42\r\n" },
    { "DECRBY n 2", ":40\r\n" },
    { "INCRBY n -100", ":-60\r\n" },
    { "DECRBY n -60", ":0\r\n" },
    { "GET n", "$1\r\n0\r\n" },
    { "INCR", "-ERR wrong number of arguments for 'incr' command\r\n" },
    { "INCR a b", "-ERR wrong number of arguments for 'incr' command\r\n" },
    { "INCRBY n", "-ERR wrong number of arguments for 'incrby' command\r\n" },
    { "DECRBY n", "-ERR wrong number of arguments for 'decrby' command\r\n" },
    { "INCRBY n x", "-ERR value is not an integer or out of range\r\n" },
    { "DECRBY n x", "-ERR value is not an integer or out of range\r\n" },
    { "INCRBY n 1.5", "-ERR value is not an integer or out of range\r\n" },
    { "INCRBY n \" 1\"", "-ERR value is not an integer or out of range\r\n" },
    { "INCRBY n 9223372036854775808",
      "-ERR value is not an integer or out of range\r\n" },
    { "SET s abc", "+OK\r\n" },
    { "INCR s", "-ERR value is not an integer or out of range\r\n" },
    { "SET s \"12 \"", "+OK\r\n" },
    { "INCR s", "-ERR value is not an integer or out of range\r\n" },
    { "SET s \" 12\"", "+OK\r\n" },
    { "INCR s", "-ERR value is not an integer or out of range\r\n" },
    { "SET s 012", "+OK\r\n" },
    { "INCR s", "-ERR value is not an integer or out of range\r\n" },
    { "SET s \"\"", "+OK\r\n" },
    { "INCR s", "-ERR value is not an integer or out of range\r\n" },
    { "SET s 9223372036854775808", "+OK\r\n" },
    { "INCR s", "-ERR value is not an integer or out of range\r\n" },
    { "SET n 9223372036854775807", "+OK\r\n" },
    { "INCR n", "-ERR increment or decrement would overflow\r\n" },
    { "INCRBY n 1", "-ERR increment or decrement would overflow\r\n" },
    { "GET n", "$19\r\n9223372036854775807\r\n" },
    { "DECR n", ":9223372036854775806\r\n" },
    { "SET n -9223372036854775808", "+OK\r\n" },
    { "DECR n", "-ERR increment or decrement would overflow\r\n" },
    { "DECRBY n 1", "-ERR increment or decrement would overflow\r\n" },
    { "INCRBY n -1", "-ERR increment or decrement would overflow\r\n" },
    { "DECRBY n -9223372036854775808", "-ERR decrement would overflow\r\n" },
    { "INCRBY n -9223372036854775808",
      "-ERR increment or decrement would overflow\r\n" },
    { "INCRBY n 9223372036854775807", ":-1\r\n" },
    { "SET n 5", "+OK\r\n" },
    { "DECRBY n -9223372036854775808", "-ERR decrement would overflow\r\n" },
    { "INCRBY n -9223372036854775808", ":-9223372036854775803\r\n" },
    { "SET n 17179869184", "+OK\r\n" },
    { "INCR n", ":17179869185\r\n" },
    { "SETRANGE r 0 12", ":2\r\n" },
    { "INCR r", ":13\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_incrbyfloat (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "INCRBYFLOAT f 1.5", "$3\r\n1.5\r\n" },
    { "INCRBYFLOAT f 0.1", "$3\r\n1.6\r\n" },
    { "INCRBYFLOAT f -1.6", "$1\r\n0\r\n" },
    { "INCRBYFLOAT f 5.0e3", "$4\r\n5000\r\n" },
    { "SET f 3", "+OK\r\n" },
    { "INCRBYFLOAT f 1", "$1\r\n4\r\n" },
    { "INCRBYFLOAT f 1.23", "$4\r\n5.23\r\n" },
    { "INCRBYFLOAT f -4.23", "$1\r\n1\r\n" },
    { "SET f 5.0e3", "+OK\r\n" },
    { "INCRBYFLOAT f 2.0e2", "$4\r\n5200\r\n" },
    { "INCRBYFLOAT f 0x10", "$4\r\n5216\r\n" },
    { "INCRBYFLOAT f abc", "-ERR value is not a valid float\r\n" },
    { "INCRBYFLOAT f \"\"", "-ERR value is not a valid float\r\n" },
    { "INCRBYFLOAT f \" 1\"", "-ERR value is not a valid float\r\n" },
    { "INCRBYFLOAT f \"1 \"", "-ERR value is not a valid float\r\n" },
    { "INCRBYFLOAT f nan", "-ERR value is not a valid float\r\n" },
    { "INCRBYFLOAT f inf", "-ERR increment would produce NaN or Infinity\r\n" },
    { "INCRBYFLOAT f -inf",
      "-ERR increment would produce NaN or Infinity\r\n" },
    { "INCRBYFLOAT f 1e400",
      "$401\r\n1000000000000000000028188068394758651458645343362905203862591069"
      "353968553400862986203936399484832416052209405392731761620029582277725925"
      "573402382897659334066101779744743454617391786244811667497172377894382439"
      "159333804747067502624668440135923751360383034373548550524495596497902182"
      "503828009106841494740245689865304095101751265809261582758892018347251164"
      "3316591362664138176309734806343732497430221946880\r\n" },
    { "INCRBYFLOAT f 1e5000", "-ERR value is not a valid float\r\n" },
    { "INCRBYFLOAT f",
      "-ERR wrong number of arguments for 'incrbyfloat' command\r\n" },
    { "SET s abc", "+OK\r\n" },
    { "INCRBYFLOAT s 1", "-ERR value is not a valid float\r\n" },
    { "SET s \" 1\"", "+OK\r\n" },
    { "INCRBYFLOAT s 1", "-ERR value is not a valid float\r\n" },
    { "SET s \"1 \"", "+OK\r\n" },
    { "INCRBYFLOAT s 1", "-ERR value is not a valid float\r\n" },
    { "SET s \"\"", "+OK\r\n" },
    { "INCRBYFLOAT s 1", "-ERR value is not a valid float\r\n" },
    { "SET s inf", "+OK\r\n" },
    { "INCRBYFLOAT s 1", "-ERR increment would produce NaN or Infinity\r\n" },
    { "SET s abc", "+OK\r\n" },
    { "INCRBYFLOAT s abc", "-ERR value is not a valid float\r\n" },
    { "SET b 17179869184", "+OK\r\n" },
    { "INCRBYFLOAT b 1.5", "$13\r\n17179869185.5\r\n" },
    { "SET b 1e4000", "+OK\r\n" },
    { "INCRBYFLOAT b 1",
      "$4000\r\n999999999999999999996546387309962378493249258350695763130150833"
      "304326194330634235548182164186550927986276445207312367354021760221736759"
      "234417212588195052799996142858243435475450187095821429074130114301467044"
      "502626084944345627533374234082255914622044077450269914711681830777556677"
      "357120649203631296339736876182607953816161203672468102798041894507185733"
      "380201957318437640797473774210058296343958130247474660582807106816226609"
      "535024910936098193169594212325387236235572071786785993199711696782353517"
      "534488641743594882749266842422451493159696512492842655731300727200365418"
      "160663782964871802633262344596465959941168867361240121701259812055748928"
      "873533443711847934559082701316042663433403614597161129409449926793009764"
      "515831692424208444400504627578931685426469896253751960480464820255883181"
      "332019908227481067854696666210627249700699618652920204661219792796503066"
      "301605361205568206085517098902106999847630466816686879832784930554451695"
      "863054570543626786812396309041984072078629509329792323316698930718549346"
      "800596351355605227392652481506453586303495117711566598560617166670824275"
      "619896230386187135471918138196137967176193898470450507392161890714427244"
      "982891583908397803799328045255958696550419936825613465027146884424717482"
      "364627866356743713273930651694331128514456889581781152127023433502320280"
      "992343931353716868579231427277166784731040245945314918349069276953832951"
      "624324292710544717597495656594985925988025726662343243166098675125860081"
      "634832083772785235237181889664834370094785299105896943354170513234512252"
      "404843468832513832293308518372165567213786539635847103506721416736061711"
      "952760527235477144743756093290878935518104108197897176234655756823076757"
      "402730229346054496875208176865682487999437635516392030038509591968867867"
      "090776098718766179343471717576035065141953795610318291012136488463726210"
      "226320429532927962036053620376131519455405318893421840931624641073865620"
      "385213899249244440402634221049961914087685592127798877867694789215280685"
      "495078506801472712553673970265696261196440143618793488580342061128674513"
      "483866541536569140911046403869466889934487984582294276337303971968860281"
      "044443992803713546889827456535363005944625616997868906559342084845603827"
      "436656722529954935268365077016055190811601172388031517638139082174408719"
      "115901484046640842203646326418292843478018116774697739874304244941310521"
      "546388412380157872674696772133455872452047111533586251643528328239383214"
      "050025976237079590719541812226030833100603021010496251168945891286948052"
      "102543013404738222814135055439439021018832686353875308319032957814961739"
      "273532534560729380401978961310720443972905532410692112632267102006670931"
      "701283593692569559469491012129199113304035245402941589542133062792457606"
      "820047089253679243514307913738277444034619600259399968366935317655368005"
      "431792164842358163978166423171645953951045675326533799825666452920085293"
      "904946885541928909778530329494644975225879188295479455875333874823517517"
      "373007317846625968391643704488907528287791686962799128979218358684967929"
      "118907413640552698863210473761320595915047363159961659256484295243985803"
      "317970236819975330669836220140150647940769923639652151965466159713230973"
      "738197390314188954803171318177196896586136000705584679127671259261147561"
      "284797464789860158552766622773892968912821261968114440990558897494398092"
      "794843195009826834645964923030568997854202993279243648645289673592500419"
      "478258751647345762435263948009010950729573502046045672563814595702231739"
      "778420903399872125496106089091663409488098355275050888166934930834777283"
      "450438830308711334187810414161221578833020683598118389550166550202002064"
      "058921084890241600315636162687316083622556634775026951259974678686017132"
      "680683102908765366034116470880880245402288169904939213957401675614619264"
      "441582083959079789705055192233494740600473887233204284408928530233441790"
      "599638119017161016884531643553346123590208606793593500506300145052217458"
      "177244309653838919998912873167932654534827895778806176201880701760251518"
      "685320558987590991070807933360504701011573847810547675055015002062986435"
      "7825543441956972190272729951206648276349901340672\r\n" },
    { "SET b 1.1897e4932", "+OK\r\n" },
    { "INCRBYFLOAT b 1.1897e4932",
      "-ERR increment would produce NaN or Infinity\r\n" },
    { "SET c 0.00000000000000000001", "+OK\r\n" },
    { "INCRBYFLOAT c 0", "$1\r\n0\r\n" },
    { "SET c 3.0", "+OK\r\n" },
    { "INCRBYFLOAT c 1.000000000000000005", "$19\r\n4.00000000000000001\r\n" },
    { "SET c 1", "+OK\r\n" },
    { "INCRBYFLOAT c -1.1", "$4\r\n-0.1\r\n" },
    { "INCRBYFLOAT z -0.0", "$1\r\n0\r\n" },
  };

  if (!fixture_skip_under_valgrind ())
    assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_encodings (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "INCR n", ":1\r\n");
  assert_encoding (fixture, "n", CF_ENCODING_INT);
  assert_reply (fixture, "SETRANGE r 0 7", ":1\r\n");
  assert_reply (fixture, "INCR r", ":8\r\n");
  assert_encoding (fixture, "r", CF_ENCODING_INT);
  assert_reply (fixture, "INCRBYFLOAT n 1", "$1\r\n2\r\n");
  assert_encoding (fixture, "n", CF_ENCODING_EMBSTR);
  assert_reply (fixture, "INCR n", ":3\r\n");
  if (fixture_skip_under_valgrind ())
    return;
  assert_reply (fixture, "SET l 1e4000", "+OK\r\n");
  g_free (fixture_run (fixture, 0, "INCRBYFLOAT l 1"));
  assert_encoding (fixture, "l", CF_ENCODING_RAW);
}

/* Whatever is added, a deadline stays. */
static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SET n 1 PXAT 9999999999999", "+OK\r\n");
  assert_events (fixture, "set n\nexpire n\n");
  assert_records (fixture, "SET n 1 PXAT 9999999999999\n");
  assert_reply (fixture, "INCR n", ":2\r\n");
  assert_reply (fixture, "DECRBY n 7", ":-5\r\n");
  assert_deadline (fixture, "n", 9999999999999);
  assert_reply (fixture, "INCRBYFLOAT n 0.25", "$5\r\n-4.75\r\n");
  assert_deadline (fixture, "n", 9999999999999);
  assert_events (fixture, "incrby n\nincrby n\nincrbyfloat n\n");
  assert_records (fixture, "INCR n\nDECRBY n 7\nSET n -4.75 KEEPTTL\n");
  assert_reply (fixture, "INCR n",
                "-ERR value is not an integer or out of range\r\n");
  assert_events (fixture, "");
  assert_records (fixture, "");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-string-number/incr", test_incr);
  fixture_add ("/commands/cmd-string-number/incrbyfloat", test_incrbyfloat);
  fixture_add ("/commands/cmd-string-number/encodings", test_encodings);
  fixture_add ("/commands/cmd-string-number/effects", test_effects);
  return g_test_run ();
}
