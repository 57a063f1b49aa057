# json.cmake - fails unless FILE is one JSON object or array: cmake -D FILE=x -P
file(READ "${FILE}" text)
string(JSON count ERROR_VARIABLE error LENGTH "${text}")
if(error)
	message(FATAL_ERROR "${FILE}: ${error}")
endif()
