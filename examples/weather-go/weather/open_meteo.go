// The weather by the API of Open-Meteo: the settings, the requests and the answers.

package weather

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	. "go.bytecodealliance.org/pkg/wit/types"
	http "wit_component/wasmcp_mcp_http"
	mcp "wit_component/wasmcp_mcp_model"
	settings "wit_component/wasmcp_mcp_settings"
)

const largestAnswer = 1 << 20

// A base is where a part of the API is. The host, with its port, is for messages.
type base struct{ url, host string }

var baseUrl = regexp.MustCompile(`^https?://([^/?#@\s]+)(/[^?#\s]*)?$`)

// What an operator has set by `--set weather.KEY=VALUE`. A message repeats no value, which may hold a secret.
func setting(key, fallback string) (string, error) {
	value := settings.Get(key)
	if value.IsErr() {
		return "", fmt.Errorf("the setting `%s` cannot be read now", key)
	}
	return value.Ok().SomeOr(fallback), nil
}

func baseSetting(key, fallback string) (base, error) {
	value, err := setting(key, fallback)
	if err != nil {
		return base{}, err
	}
	parts := baseUrl.FindStringSubmatch(value)
	if parts == nil {
		return base{}, fmt.Errorf("the setting `%s` is not a URL of the form `http[s]://HOST[:PORT][/PATH]`", key)
	}
	return base{url: strings.TrimRight(value, "/"), host: parts[1]}, nil
}

func timeoutSetting() (uint32, error) {
	value, err := setting("timeout-ms", "5000")
	if err != nil {
		return 0, err
	}
	ms, err := strconv.ParseUint(value, 10, 32)
	if err != nil || ms < 1 || ms > 60_000 {
		return 0, errors.New("the setting `timeout-ms` is not a number of milliseconds from 1 to 60000")
	}
	return uint32(ms), nil
}

// What the API answers. A pointer is nil where the answer has no such member.
type search struct {
	Results []place `json:"results"` // It is left out where nothing matches.
}

type place struct {
	Name      *string  `json:"name"`
	Latitude  *float64 `json:"latitude"`
	Longitude *float64 `json:"longitude"`
	Country   *string  `json:"country"` // Some places, such as the seas, are in none.
}

type forecast struct {
	Current struct {
		Temperature *float64 `json:"temperature_2m"`
		Humidity    *float64 `json:"relative_humidity_2m"`
		WindSpeed   *float64 `json:"wind_speed_10m"`
		WeatherCode *uint32  `json:"weather_code"`
	} `json:"current"`
	Units struct {
		Temperature *string `json:"temperature_2m"`
		Humidity    *string `json:"relative_humidity_2m"`
		WindSpeed   *string `json:"wind_speed_10m"`
	} `json:"current_units"`
}

func (found search) isComplete() bool {
	return !slices.ContainsFunc(found.Results, func(place place) bool {
		return place.Name == nil || place.Latitude == nil || place.Longitude == nil
	})
}

func (found forecast) isComplete() bool {
	current, units := found.Current, found.Units
	return current.Temperature != nil && current.Humidity != nil && current.WindSpeed != nil && current.WeatherCode != nil &&
		units.Temperature != nil && units.Humidity != nil && units.WindSpeed != nil
}

// The weather at a place as the output schema has it.
type report struct {
	Name        string  `json:"name"`
	Country     *string `json:"country,omitempty"`
	Latitude    float64 `json:"latitude"`
	Longitude   float64 `json:"longitude"`
	Conditions  string  `json:"conditions"`
	WeatherCode uint32  `json:"weatherCode"`
	Temperature reading `json:"temperature"`
	Humidity    reading `json:"humidity"`
	WindSpeed   reading `json:"windSpeed"`
	Summary     string  `json:"summary"`
}

type reading struct {
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

func (reading reading) String() string { return decimal(reading.Value) + " " + reading.Unit }

func decimal(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }

func makeReport(place place, forecast forecast) report {
	current, units := forecast.Current, forecast.Units
	words, known := conditions[*current.WeatherCode]
	if !known {
		words = "unknown conditions"
	}
	report := report{
		Name:        *place.Name,
		Country:     place.Country,
		Latitude:    *place.Latitude,
		Longitude:   *place.Longitude,
		Conditions:  words,
		WeatherCode: *current.WeatherCode,
		Temperature: reading{*current.Temperature, *units.Temperature},
		Humidity:    reading{*current.Humidity, *units.Humidity},
		WindSpeed:   reading{*current.WindSpeed, *units.WindSpeed},
	}
	wholeName := report.Name
	if report.Country != nil {
		wholeName += ", " + *report.Country
	}
	report.Summary = fmt.Sprintf(
		"%s: %s, %s, humidity %s, wind %s", wholeName, words, report.Temperature, report.Humidity, report.WindSpeed)
	return report
}

// An outcome is the weather at one place, or why there is none.
type outcome struct {
	report report
	err    error
}

// The outcome of each place, in their order: all are looked up at once, and then those that were found asked for at once.
func askForAll(ctx mcp.Context, locations []string) ([]outcome, error) {
	geocoding, err := baseSetting("geocoding-url", "https://geocoding-api.open-meteo.com")
	if err != nil {
		return nil, err
	}
	forecasts, err := baseSetting("forecast-url", "https://api.open-meteo.com")
	if err != nil {
		return nil, err
	}
	timeoutMs, err := timeoutSetting()
	if err != nil {
		return nil, err
	}
	// No client waits for an answer after RemainingMs: two rounds of requests must end some time before that.
	timeoutMs = min(timeoutMs, (max(ctx.RemainingMs, 100)-100)/2)

	var paths []string
	for _, location := range locations {
		name := strings.ReplaceAll(url.QueryEscape(location), "+", "%20")
		paths = append(paths, "/v1/search?name="+name+"&count=1&language=en&format=json")
	}
	outcomes := make([]outcome, len(locations))
	var places []place
	var indexes []int // Of the places that were found, among the locations.
	for i, answer := range getAll(geocoding, paths, timeoutMs) {
		found, err := readAnswer[search](answer)
		if err == nil && len(found.Results) == 0 {
			err = fmt.Errorf("there is no place called `%s`", locations[i])
		}
		if err != nil {
			outcomes[i].err = err
			continue
		}
		places = append(places, found.Results[0])
		indexes = append(indexes, i)
	}

	paths = nil
	for _, place := range places {
		paths = append(paths, fmt.Sprintf("/v1/forecast?latitude=%s&longitude=%s&current=%s", decimal(*place.Latitude),
			decimal(*place.Longitude), "temperature_2m,relative_humidity_2m,wind_speed_10m,weather_code"))
	}
	for i, answer := range getAll(forecasts, paths, timeoutMs) {
		outcome := &outcomes[indexes[i]]
		forecast, err := readAnswer[forecast](answer)
		if err != nil {
			outcome.err = err
			continue
		}
		outcome.report = makeReport(places[i], forecast)
	}
	return outcomes, nil
}

// An answer is the body of a response with the status 200, or why there is none, and the host for messages.
type answer struct {
	host string
	body []byte
	err  error
}

// Asks for all paths by one Send, which returns when each has its answer.
func getAll(base base, paths []string, timeoutMs uint32) []answer {
	var requests []http.Request
	for _, path := range paths {
		requests = append(requests, http.Request{
			Method:    "GET",
			Url:       base.url + path,
			Headers:   []http.StringEntry{{F0: "accept", F1: "application/json"}, {F0: "user-agent", F1: "weather/" + version}},
			TimeoutMs: Some(timeoutMs),
		})
	}
	var answers []answer
	for _, result := range http.Send(requests) {
		body, err := body(result, "the weather service at `"+base.host+"`", timeoutMs)
		answers = append(answers, answer{base.host, body, err})
	}
	return answers
}

func body(result Result[http.Response, http.Failure], service string, timeoutMs uint32) ([]byte, error) {
	tooLarge := errors.New(service + " answered with more than 1 MiB")
	if result.IsOk() {
		switch response := result.Ok(); {
		case response.Status != 200:
			return nil, fmt.Errorf("%s failed: it answered with HTTP status %d", service, response.Status)
		case len(response.Body) > largestAnswer:
			return nil, tooLarge
		default:
			return response.Body, nil
		}
	}
	switch failure := result.Err(); failure.Tag() {
	case http.Failure_NotOffered:
		return nil, errors.New("this server offers its tools no HTTP requests")
	case http.Failure_Denied: // The reason has the words for the operator: which host to allow, and by which option.
		return nil, errors.New("this server may not ask the weather service: " + failure.Denied())
	case http.Failure_Timeout:
		return nil, fmt.Errorf("%s did not answer in time (%d ms)", service, timeoutMs)
	case http.Failure_TooLarge:
		return nil, tooLarge
	case http.Failure_Connection:
		return nil, errors.New(service + " cannot be reached: " + failure.Connection())
	case http.Failure_InvalidRequest:
		return nil, errors.New(service + " cannot be asked: " + failure.InvalidRequest())
	default:
		return nil, errors.New(service + " cannot be asked: " + failure.Other())
	}
}

// The value in an answer, which lacks no member that is used.
func readAnswer[T interface{ isComplete() bool }](answer answer) (T, error) {
	var value T
	if answer.err != nil {
		return value, answer.err
	}
	err := json.Unmarshal(answer.body, &value)
	if err == nil && !value.isComplete() {
		err = errors.New("a member is missing")
	}
	if err != nil {
		err = fmt.Errorf("the weather service at `%s` gave an answer that cannot be read: %w", answer.host, err)
	}
	return value, err
}
